/**
 * The figures of the main job: how long a fresh checkout takes to a served dashboard, and a paste to a running server.
 *
 *   npm run bench:main            start, deploy (not cached and cached), memory
 *   npm run bench:main -- --clean also `npm ci` and the first `npm start` in a fresh clone (needs the npm registry)
 *
 * Prints a table; nothing is judged. Everything stays on loopback and in temporary folders.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Goal, recordFigure } from './figures.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const PACKAGE = '@modelcontextprotocol/server-everything';
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const run = promisify(execFile);
const seconds = (since: number): number => (performance.now() - since) / 1000;
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const rows: [string, string][] = [];
const report = (what: string, figure: string, goal?: Goal) => {
  rows.push([what, figure]);
  recordFigure(what, Number(figure), '', goal);
  process.stderr.write(`${what}: ${figure}\n`);
};

/** Starts a server from a checkout and gives the time until `/api/health` says healthy. */
async function start(checkout: string, dataDir: string, command: string[]) {
  const since = performance.now();
  const [program = '', ...args] = command;
  const server = spawn(program, args, {
    cwd: checkout,
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'warn', CATWALK_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let text = '';
  let url: string | undefined;
  server.stdout.on('data', (chunk) => {
    text += chunk;
    url ??= /ready on (\S+)/.exec(text)?.[1];
  });
  while (!url && server.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!url) throw new Error(`The server did not start: ${text}`);
  while (
    !(await fetch(`${url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {}
  return {
    url,
    pid: server.pid ?? 0,
    seconds: seconds(since),
    stop: async () => {
      const ended = once(server, 'exit');
      process.kill(-(server.pid ?? 0), 'SIGTERM'); // npm and the server below it
      await ended;
    },
  };
}

const residentMb = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** `catwalk deploy --json` as a whole process, source pasted to RUNNING. */
async function deploy(dataDir: string): Promise<{ seconds: number; id: string }> {
  const since = performance.now();
  const { stdout } = await run(process.execPath, ['server/cli/catwalk.mjs', 'deploy', PACKAGE, '--json'], {
    cwd: ROOT,
    env: { ...process.env, CATWALK_DATA_DIR: dataDir },
  });
  return { seconds: seconds(since), id: (JSON.parse(stdout) as { databaseId: string }).databaseId };
}

/** The lower limit: npm's own installation, and the server's own start until it answers `initialize`. */
async function bareInstall(folder: string): Promise<number> {
  const since = performance.now();
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, PACKAGE], { cwd: folder });
  const server = spawn(process.execPath, [path.join(folder, `node_modules/${PACKAGE}/dist/index.js`)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  await once(server.stdout, 'data');
  const took = seconds(since);
  server.kill();
  return took;
}

const temporary = await mkdtemp(path.join(tmpdir(), 'cw-bench-'));
try {
  if (process.argv.includes('--clean')) {
    const clone = path.join(temporary, 'clone');
    await run('git', ['clone', '--quiet', ROOT, clone]);
    const since = performance.now();
    await run('npm', ['ci'], { cwd: clone, maxBuffer: 64 * 1024 * 1024 });
    report('npm ci, s', seconds(since).toFixed(1));
    const first = await start(clone, path.join(clone, '.catwalk'), ['npm', 'start']);
    report('first npm start to healthy (builds everything), s', first.seconds.toFixed(1));
    await first.stop();
    const second = await start(clone, path.join(clone, '.catwalk'), ['npm', 'start']);
    report('next npm start to healthy, s', second.seconds.toFixed(1));
    await second.stop();
  }
  const bare: number[] = [];
  const fresh: number[] = [];
  const cached: number[] = [];
  let memory = 0;
  let memoryAfter = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const bareFolder = await mkdtemp(path.join(temporary, 'bare-'));
    bare.push(await bareInstall(bareFolder));
    const dataDir = path.join(temporary, `data-${round}`);
    const server = await start(ROOT, dataDir, [process.execPath, 'server/main.ts']);
    memory = await residentMb(server.pid);
    fresh.push((await deploy(dataDir)).seconds);
    cached.push((await deploy(dataDir)).seconds);
    memoryAfter = await residentMb(server.pid);
    await server.stop();
    const again = await start(ROOT, dataDir, [process.execPath, 'server/main.ts']);
    if (round === ROUNDS - 1) {
      report('server start to healthy on a folder in use, s', again.seconds.toFixed(2));
      report('memory of the server on a folder in use, MB', (await residentMb(again.pid)).toFixed(0));
    }
    await again.stop();
  }
  report('npm install + own start of the package, s (median)', median(bare).toFixed(2));
  report('paste to RUNNING, not cached, s (median)', median(fresh).toFixed(2));
  report('ratio of the two', (median(fresh) / median(bare)).toFixed(2), { atMost: 1.15 });
  report('paste to RUNNING, cached, s (median, the whole command)', median(cached).toFixed(2), { atMost: 1 });
  report('memory of the server after its first start, MB', memory.toFixed(0));
  report('memory of the server with two deployments, MB', memoryAfter.toFixed(0));
} finally {
  await rm(temporary, { recursive: true, force: true });
}
console.log(`\n${cpus().length} cores, Node ${process.version}, ${ROUNDS} rounds\n\n| what | figure |\n|---|---|`);
for (const [what, figure] of rows) console.log(`| ${what} | ${figure} |`);
