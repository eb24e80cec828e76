/**
 * How much memory popular npm servers need on a machine: the host with an install under way, and the host with the
 * server at rest after a handshake. Needs the npm registry. `node bench/bridge-servers.ts [name…]`
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { ControlMessage, HostConfig, HostStatus } from '#deploy/host/contract.ts';

const MAIN = fileURLToPath(new URL('../deploy/host/main.ts', import.meta.url));
const MEGABYTE = 1024 * 1024;
const SAMPLE_MS = 50;
const TIME_LIMIT_MS = 120_000;

/** Servers with what they need to start; the values are not real. */
const SERVERS: { name: string; args?: string[]; env?: Record<string, string> }[] = [
  { name: '@modelcontextprotocol/server-everything' },
  { name: '@modelcontextprotocol/server-filesystem', args: ['/tmp'] },
  { name: '@modelcontextprotocol/server-memory' },
  { name: '@modelcontextprotocol/server-sequential-thinking' },
  { name: '@upstash/context7-mcp' },
  { name: '@notionhq/notion-mcp-server', env: { NOTION_TOKEN: 'ntn_example' } },
  { name: 'firecrawl-mcp', env: { FIRECRAWL_API_KEY: 'fc-example' } },
  { name: 'tavily-mcp', env: { TAVILY_API_KEY: 'tvly-example' } },
  { name: 'mongodb-mcp-server' },
  { name: '@playwright/mcp' },
  { name: 'figma-developer-mcp', args: ['--stdio'], env: { FIGMA_API_KEY: 'figd_example' } },
  { name: 'chrome-devtools-mcp' },
];

const read = (path: string): Promise<string> => readFile(path, 'latin1').catch(() => ''); // the process may just have ended

/** Memory of a process and everything below it; pages that they share (Node's own program) count once. */
const treeBytes = async (root: number): Promise<number> => {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await read(`/proc/${entry}/stat`);
    if (stat !== '') parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid) ?? 0));
  let own = 0;
  let shared = 0;
  for (const pid of parents.keys()) {
    if (!isBelow(pid)) continue;
    const rollup = await read(`/proc/${pid}/smaps_rollup`);
    const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0);
    own += kilobytes('Anonymous');
    shared = Math.max(shared, kilobytes('Rss') - kilobytes('Anonymous'));
  }
  return (own + shared) * 1_024;
};

const version = async (name: string): Promise<string> => {
  const npm = spawn('npm', ['view', name, 'version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const chunk of npm.stdout) text += chunk;
  return text.trim();
};

const measure = async (bundle: string, folder: string, server: (typeof SERVERS)[number]) => {
  const host = spawn(process.execPath, [bundle], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const pipe = host.stdio[3] as Duplex; // 'pipe' beyond stderr is a socket
  const wanted = await version(server.name);
  const config: HostConfig = {
    token: 'bench',
    package: { runtime: 'npm', name: server.name, version: wanted },
    args: server.args ?? [],
    env: server.env ?? {},
    isolation: 'AUTO',
    memoryMb: 256,
  };
  const message: ControlMessage = { config, dataDir: join(folder, 'm'), cacheDir: join(folder, 'cache') };
  pipe.write(`${JSON.stringify(message)}\n`);
  const port: number = await new Promise((resolve) =>
    pipe.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()).port)),
  );
  const headers = { 'catwalk-host-token': 'bench' };
  const status = async () => (await (await fetch(`http://127.0.0.1:${port}/status`, { headers })).json()) as HostStatus; // the host's own type
  let installPeak = 0;
  const deadline = performance.now() + TIME_LIMIT_MS;
  while ((await status()).phase === 'INSTALLING' && performance.now() < deadline) {
    installPeak = Math.max(installPeak, await treeBytes(host.pid ?? 0));
    await delay(SAMPLE_MS);
  }
  const answer = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
    }),
  });
  await answer.text();
  await delay(2_000);
  const rest = await treeBytes(host.pid ?? 0);
  const { phase, lastError, install } = await status();
  const ended = new Promise((resolve) => host.once('exit', resolve));
  pipe.destroy();
  await ended;
  return {
    wanted,
    installPeak,
    rest,
    outcome: lastError?.code ?? phase,
    packages: install?.packages ?? 0,
    bytes: install?.bytes ?? 0,
    ms: install?.milliseconds ?? 0,
  };
};

const folder = await mkdtemp(join(tmpdir(), 'bench-servers-'));
try {
  const bundle = join(folder, 'host.cjs');
  await build({
    entryPoints: [MAIN],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    outfile: bundle,
  });
  const chosen = process.argv.slice(2);
  console.log(
    '| server | version | install s | packages | on disk MB | peak of host + install MB | host + server at rest MB | outcome |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const server of SERVERS.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
    const { wanted, installPeak, rest, outcome, packages, bytes, ms } = await measure(bundle, folder, server);
    const mb = (value: number) => Math.round(value / MEGABYTE);
    console.log(
      `| ${[server.name, wanted, (ms / 1000).toFixed(1), packages, mb(bytes), mb(installPeak), mb(rest), outcome].join(' | ')} |`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
