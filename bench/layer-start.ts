/**
 * What a machine on Fly saves that starts from a layer: the time from the start of its host to its server's first answer,
 * when the package came with the image, beside that of a host that installs it at boot.
 *
 *   node bench/layer-start.ts                     server-everything
 *   node bench/layer-start.ts name@version …      other packages
 *
 * Needs the npm registry. Both begin with empty caches, as a machine does; what Fly takes to create a machine and to pull
 * its image is not counted.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { extract } from 'tar';
import type { HostConfig } from '#deploy/host/contract.ts';
import { recordFigure } from './figures.ts';

const ROOT = resolve(import.meta.dirname, '..');
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const PACKAGES = ['@modelcontextprotocol/server-everything@2026.8.31'];
const TIME_LIMIT_MS = 10 * 60_000;
const POLL_MS = 5;
const TOKEN = 'bench';
const HEADERS = { 'catwalk-host-token': TOKEN };

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const folder = await mkdtemp(join(tmpdir(), 'bench-layer-'));
const bundle = join(folder, 'host.cjs');
/** The layers of the image. */
const installedDir = join(folder, 'installed');
let machines = 0;

const configOf = (spec: string): HostConfig => {
  const at = spec.lastIndexOf('@');
  const named = { runtime: 'npm' as const, name: spec.slice(0, at), version: spec.slice(at + 1) };
  return { token: TOKEN, package: named, args: [], env: {}, isolation: 'AUTO' };
};

const initialize = (origin: string): Promise<Response> =>
  fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: { ...HEADERS, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
    }),
  });

/** Boots a machine: a host with nothing but what its image holds. Resolves when its server has answered. */
const boot = async (spec: string) => {
  machines += 1;
  const machine = join(folder, `machine-${machines}`);
  await mkdir(machine);
  const config = join(machine, 'host.json');
  await writeFile(config, JSON.stringify(configOf(spec)));
  const began = performance.now();
  const host: ChildProcess = spawn(process.execPath, [bundle, config], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env, // how the registry is reached from here
      ...{ HOME: machine, PORT: '0', CATWALK_INSTALLED_DIR: installedDir },
      ...{ CATWALK_DATA_DIR: join(machine, 'server'), CATWALK_CACHE_DIR: join(machine, 'packages') },
    },
  });
  const lines = createInterface({ input: host.stdout ?? Readable.from([]) });
  const port = await new Promise<string>((found, failed) => {
    lines.on('line', (line) => {
      const [, given] = /listening on port (\d+)$/.exec(line) ?? [];
      if (given !== undefined) found(given);
    });
    lines.on('close', () => failed(new Error('The host ended.')));
  });
  const origin = `http://127.0.0.1:${port}`;
  for (;;) {
    const response = await initialize(origin);
    const text = await response.text();
    if (response.status === 200 && text.includes('"error"')) throw new Error(`The server of ${spec} failed: ${text}`);
    if (response.status === 200) break;
    if (performance.now() - began > TIME_LIMIT_MS) throw new Error(`The server of ${spec} does not answer: ${text}`);
    await delay(POLL_MS);
  }
  const milliseconds = performance.now() - began;
  const stop = async (): Promise<void> => {
    const ended = once(host, 'exit');
    host.kill('SIGTERM');
    await ended;
    await rm(machine, { recursive: true, force: true });
  };
  return { milliseconds, origin, stop };
};

const hashOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer); // no encoding is set
  return hash.digest('hex');
};

try {
  await build({
    entryPoints: [join(ROOT, 'deploy/host/main.ts')],
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node24', minify: true, outfile: bundle },
  });
  console.log(
    '| package | installed at boot, ms | from a layer, ms | ratio | layer, MB | same bytes |\n|---|---|---|---|---|---|',
  );
  for (const spec of process.argv.length > 2 ? process.argv.slice(2) : PACKAGES) {
    await rm(installedDir, { recursive: true, force: true });
    const installed: number[] = [];
    const hashes = new Set<string>();
    const file = join(folder, 'layer.tar');
    for (let round = 0; round < ROUNDS; round += 1) {
      const machine = await boot(spec);
      installed.push(machine.milliseconds);
      const answer = await fetch(`${machine.origin}/layer`, { headers: HEADERS });
      if (answer.status !== 200 || answer.body === null) throw new Error(`There is no layer: ${answer.status}.`);
      await pipeline(answer.body, createWriteStream(file));
      hashes.add(await hashOf(file));
      await machine.stop();
    }
    const isOwn = (path: string): boolean => path.startsWith(`${installedDir.slice(1)}/`);
    await extract({ file, cwd: '/', preservePaths: true, filter: isOwn });
    const fromLayer: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const machine = await boot(spec);
      fromLayer.push(machine.milliseconds);
      await machine.stop();
    }
    const [slow, fast] = [median(installed), median(fromLayer)];
    const megabytes = ((await stat(file)).size / 1e6).toFixed(1);
    const cells = [spec, slow.toFixed(0), fast.toFixed(0), (fast / slow).toFixed(2), megabytes];
    console.log(`| ${[...cells, hashes.size === 1 ? 'yes' : 'no'].join(' | ')} |`);
    recordFigure(`start of ${spec} from a layer, of one that installs`, fast / slow, '', { atMost: 0.25 });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
