/**
 * Time until ordinary packages are ready under the processor share of Fly: on the smallest size and on the proposed one.
 * Arguments: names of packages to measure instead of all; `--proposed` leaves out the smallest size, which takes minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMachinesClient } from '#deploy/fly/client.ts';
import type { HostStatus } from '#deploy/host/contract.ts';
import { createLocalMachines, LOCAL_APP } from '#deploy/local/local-machines.ts';
import { buildMachineConfig } from '#deploy/machine-config.ts';
import { DEFAULT_PROCESSOR, type Processor, proposeProcessor, timeFactorOf } from '#server/domain/processors.ts';

const PACKAGES = [
  { name: '@supabase/mcp-server-supabase', version: '0.13.0', env: { SUPABASE_ACCESS_TOKEN: 'sbp_0' } },
  { name: '@notionhq/notion-mcp-server', version: '2.5.2', env: {} },
  { name: '@modelcontextprotocol/server-everything', version: '2026.8.31', env: {} },
  { name: '@sentry/mcp-server', version: '0.39.0', env: { SENTRY_ACCESS_TOKEN: 'x' } },
  { name: 'firecrawl-mcp', version: '3.26.0', env: { FIRECRAWL_API_KEY: 'x' } },
  { name: 'mcp-server-kubernetes', version: '4.1.7', env: {} },
];
/** Took no part in finding the constants of `proposeProcessor`. */
const KEPT_APART = [
  { name: '@upstash/context7-mcp', version: '4.1.1', env: {} },
  { name: 'tavily-mcp', version: '0.2.22', env: { TAVILY_API_KEY: 'x' } },
];
const TOKEN = 'bench';
const READY_MS_MAX = 15 * 60_000;
const POLL_MS = 200;

type Measured = { seconds: number; phase: string; processorSeconds: number | null; throttledSeconds: number };

async function measure(
  item: (typeof PACKAGES | typeof KEPT_APART)[number],
  { kind, cpus, ...processor }: Processor,
): Promise<Measured> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-share-'));
  const local = await createLocalMachines({ dataDir, cacheDir: path.join(dataDir, 'cache'), flyProcessors: true });
  const client = createMachinesClient({ baseUrl: local.baseUrl });
  try {
    const from = performance.now();
    const { id } = await client.create(LOCAL_APP, {
      name: 'bench',
      config: buildMachineConfig({
        image: 'local',
        hostConfig: {
          token: TOKEN,
          package: { runtime: 'npm', name: item.name, version: item.version },
          ...{ args: [], env: item.env, isolation: 'AUTO', timeFactor: timeFactorOf(processor) },
        },
        metadata: {},
        ...{ memoryMb: 2_048, cpuKind: kind, cpus, reach: 'local' },
      }),
    });
    let status: HostStatus | null = null;
    while (performance.now() - from < READY_MS_MAX && status?.phase !== 'READY' && status?.phase !== 'FAILED') {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const { localPort } = await client.get(LOCAL_APP, id);
      if (localPort === null) continue;
      const headers = { 'catwalk-host-token': TOKEN };
      const answer = await fetch(`http://127.0.0.1:${localPort}/status`, { headers }).catch(() => null);
      if (answer?.ok) status = (await answer.json()) as HostStatus; // what a host reports
      if (status?.phase === 'STARTING_SERVER') await completeHandshake(localPort);
    }
    const { install, start } = status?.heldBack ?? { install: null, start: null };
    const milliseconds = status?.install?.processorMs;
    return {
      seconds: (performance.now() - from) / 1_000,
      phase: status?.phase ?? 'silent',
      processorSeconds: milliseconds === undefined ? null : milliseconds / 1_000,
      throttledSeconds: ((install?.heldBackMs ?? 0) + (start?.heldBackMs ?? 0)) / 1_000,
    };
  } finally {
    await client.close();
    await local.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** As the platform does once the package is installed: resolves when the server answered, or could not. */
async function completeHandshake(port: number): Promise<void> {
  const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
    requestInit: { headers: { 'catwalk-host-token': TOKEN, 'catwalk-principal': 'catwalk' } },
  });
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(transport, { timeout: READY_MS_MAX }).catch(() => {}); // the status tells why
  await client.close();
}

const FREE: Processor = { ...DEFAULT_PROCESSOR, kind: 'performance', cpus: 2, sustainedCores: 2 };
const wanted = process.argv.slice(2).filter((one) => one !== '--proposed');
const onlyProposed = process.argv.includes('--proposed');
console.log(`load ${loadavg()[0]?.toFixed(1)}`);
for (const item of [...PACKAGES, ...KEPT_APART].filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const free = await measure(item, FREE);
  const proposed = proposeProcessor({ dependencies: 0, installMs: (free.processorSeconds ?? 0) * 1_000 });
  const small = onlyProposed ? null : await measure(item, DEFAULT_PROCESSOR);
  const chosen = (proposed.name === DEFAULT_PROCESSOR.name ? small : null) ?? (await measure(item, proposed));
  const cell = ({ seconds, phase, throttledSeconds }: Measured) =>
    `${seconds.toFixed(1)} s (${throttledSeconds.toFixed(0)} throttled)${phase === 'READY' ? '' : ` ${phase}`}`;
  console.log(
    `| ${item.name} ${item.version} | ${free.processorSeconds?.toFixed(1) ?? '–'} | ${cell(free)} | ${small ? cell(small) : '–'} | ${proposed.name}: ${cell(chosen)} | load ${loadavg()[0]?.toFixed(1)}`,
  );
}
console.log(`load ${loadavg()[0]?.toFixed(1)}`);
