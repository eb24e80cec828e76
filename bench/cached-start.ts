/**
 * What it costs that each machine runs from a copy of its own: the time from the start of a host to its server's first
 * answer, the package being installed already. With another checkout, both hosts take turns in one run.
 *
 *   node bench/cached-start.ts                                            this checkout alone
 *   git worktree add /tmp/before COMMIT && ln -s $PWD/node_modules /tmp/before/
 *   node bench/cached-start.ts /tmp/before                                beside the commit before
 *   node bench/cached-start.ts /tmp/before name@version …                 other packages
 *
 * Needs the npm registry. "Installed": npm installs the package in that start, with npm's own cache as it is. "Ready": a copy was prepared in the background, as it is after every start. "Copied": none was.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import type { ControlMessage, HostConfig } from '#deploy/host/contract.ts';
import { recordFigure } from './figures.ts';

const ROOT = resolve(import.meta.dirname, '..');
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
const PACKAGES = ['@modelcontextprotocol/server-everything@2026.8.31', 'firecrawl-mcp@3.26.0'];
const TIME_LIMIT_MS = 10 * 60_000;
/** An installation takes long: its median needs fewer starts. */
const INSTALLATIONS = 3;
const READY_LIMIT_MS = 120_000;
const POLL_MS = 5;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const bundleHost = async (checkout: string, outfile: string): Promise<string> => {
  await build({
    entryPoints: [join(checkout, 'deploy/host/main.ts')],
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node24', minify: true, outfile },
  });
  return outfile;
};

const configOf = (spec: string): HostConfig => {
  const at = spec.lastIndexOf('@');
  return {
    token: 'bench',
    package: { runtime: 'npm', name: spec.slice(0, at), version: spec.slice(at + 1) },
    args: [],
    env: { FIRECRAWL_API_KEY: 'fc-example' },
    isolation: 'AUTO',
  };
};

type Started = { milliseconds: number; stop(): Promise<void> };

const portOf = async (pipe: Duplex): Promise<number> => {
  const [line] = (await once(pipe, 'data')) as [Buffer]; // the host's first report
  return JSON.parse(line.toString()).port;
};

const initialize = (port: number): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      'catwalk-host-token': 'bench',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
    }),
  });

/** Starts a host, and waits until its server has answered `initialize`. */
const start = async (bundle: string, spec: string, dataDir: string, cacheDir: string): Promise<Started> => {
  const began = performance.now();
  const host: ChildProcess = spawn(process.execPath, [bundle], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const pipe = host.stdio[3] as Duplex; // 'pipe' beyond stderr is a socket
  const message: ControlMessage = { config: configOf(spec), dataDir, cacheDir };
  pipe.write(`${JSON.stringify(message)}\n`);
  const port = await portOf(pipe);
  for (;;) {
    const response = await initialize(port);
    const text = await response.text();
    if (response.status === 200 && !text.includes('"error"')) break;
    if (performance.now() - began > TIME_LIMIT_MS) throw new Error(`The server of ${spec} does not answer: ${text}`);
    await delay(POLL_MS);
  }
  const milliseconds = performance.now() - began;
  return {
    milliseconds,
    stop: async () => {
      const ended = once(host, 'exit');
      pipe.destroy();
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

const findReady = async (cacheDir: string): Promise<string | null> => {
  for (const entry of await readdir(cacheDir))
    if ((await readdir(join(cacheDir, entry))).includes('ready')) return join(cacheDir, entry, 'ready');
  return null;
};

const folder = await mkdtemp(join(tmpdir(), 'bench-start-'));
try {
  const [before, ...wanted] = process.argv.slice(2);
  const hosts = new Map([['after', await bundleHost(ROOT, join(folder, 'after.cjs'))]]);
  if (before !== undefined) hosts.set('before', await bundleHost(resolve(before), join(folder, 'before.cjs')));
  let runs = 0;
  const run = (host: string, spec: string, cacheDir: string) => {
    runs += 1;
    return start(hosts.get(host) ?? '', spec, join(folder, `machine-${runs}`), cacheDir);
  };

  console.log(
    '| package | before, ms | ready, ms | ratio | copied, ms | ratio | installed, ms |\n|---|---|---|---|---|---|---|',
  );
  for (const spec of wanted.length > 0 ? wanted : PACKAGES) {
    const caches = {
      before: join(folder, `before-${spec.replaceAll('/', '-')}`),
      after: join(folder, `after-${spec.replaceAll('/', '-')}`),
    };
    if (before !== undefined) await (await run('before', spec, caches.before)).stop();
    const installations: number[] = [];
    for (let round = 0; round < INSTALLATIONS; round += 1) {
      await rm(caches.after, { recursive: true, force: true });
      const started = await run('after', spec, caches.after);
      installations.push(started.milliseconds);
      await started.stop();
    }
    const times: Record<'before' | 'ready' | 'copied', number[]> = { before: [], ready: [], copied: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      if (before !== undefined) {
        const started = await run('before', spec, caches.before);
        times.before.push(started.milliseconds);
        await started.stop();
      }
      const copied = await run('after', spec, caches.after);
      times.copied.push(copied.milliseconds);
      // It prepares the next copy while it serves.
      const deadline = performance.now() + READY_LIMIT_MS;
      while ((await findReady(caches.after)) === null) {
        if (performance.now() > deadline) throw new Error('No copy was prepared.');
        await delay(50);
      }
      await copied.stop();
      const ready = await run('after', spec, caches.after);
      times.ready.push(ready.milliseconds);
      await ready.stop();
    }
    const [old, ready, copied] = [median(times.before), median(times.ready), median(times.copied)];
    const ratio = (value: number) => (old === 0 ? '' : (value / old).toFixed(2));
    const cells = [spec, old.toFixed(0), ready.toFixed(0), ratio(ready), copied.toFixed(0), ratio(copied)];
    cells.push(median(installations).toFixed(0));
    console.log(`| ${cells.join(' | ')} |`);
    recordFigure(`start of ${spec}, installed, ms`, Math.round(ready), 'ms');
    recordFigure(`start of ${spec} from a copy, of one that installs`, copied / median(installations), '', {
      atMost: 0.25,
    });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
