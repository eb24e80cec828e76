/**
 * What a server in a box notices of its neighbor: the same calls while the box beside it is idle, and while it computes
 * with as many processes as the computer has processors, within its share of one.
 *
 *   node bench/box-neighbors.ts      BENCH_ROUNDS turns (12) of BENCH_CALLS calls (1500) of each kind
 *   BENCH_SHARE=0 node bench/box-neighbors.ts      the neighbor takes all that the scheduler gives it
 *
 * The share is that which Fly sustains for a shared processor (0.0625), unless BENCH_SHARE says another. One call is
 * under way at a time, so that the figure is the time of an answer. Needs control groups of the processor.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBox } from '#deploy/host/box/box.ts';
import type { ChildCommand } from '#deploy/host/child/child-process.ts';
import { openIsolation } from '#deploy/local/isolation.ts';
import { median, SERVER, start } from './boxed-server.ts';
import { recordFigure } from './figures.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 12);
const CALLS = Number(process.env['BENCH_CALLS'] ?? 1_500);
const SHARE = Number(process.env['BENCH_SHARE'] ?? 0.0625);
const WORKERS = availableParallelism();

/** Computes in all its processes from a request `compute` until a request `rest`. */
const NEIGHBOR = `
const { spawn } = require('node:child_process');
let workers = [];
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id } = JSON.parse(line);
  if (workers.length === 0)
    workers = Array.from({ length: ${WORKERS} }, () => spawn(process.execPath, ['-e', 'for (;;);'], { timeout: 60_000 }));
  else for (const worker of workers.splice(0)) worker.kill('SIGKILL');
  console.log(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
});`;

const open = (processorShare: number | null) =>
  openIsolation({
    mode: 'require',
    namedPaths: false,
    hidden: [],
    processorShare,
    path: process.env['PATH'] ?? '',
  });
const [isolation, limited] = [await open(null), await open(SHARE > 0 ? SHARE : null)];
const folder = await mkdtemp(join(tmpdir(), 'catwalk-bench-neighbor-'));

const openBoxed = (name: string, walls: typeof isolation) => {
  const opened = walls.openBox({ id: name, owner: name, memoryBytes: 256 * 1024 * 1024, words: [] });
  if (opened === null) throw new Error('There are no boxes here.');
  const plain: ChildCommand = {
    command: process.execPath,
    args: [join(folder, `${name}.js`)],
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
  };
  const box = createBox(opened.settings, join(folder, `${name}-box`));
  return { ...start(box.wrap(plain, { writable: [], readable: [folder] })), close: opened.close };
};

try {
  await writeFile(join(folder, 'server.js'), SERVER);
  await writeFile(join(folder, 'neighbor.js'), NEIGHBOR);
  await chmod(folder, 0o755); // the boxes may have other users
  const [server, neighbor] = [openBoxed('server', isolation), openBoxed('neighbor', limited)];
  const millisecondsOfCalls = async (): Promise<number> => {
    const times: number[] = [];
    for (let call = 0; call < CALLS; call += 1) {
      const begun = performance.now();
      await server.ask();
      times.push(performance.now() - begun);
    }
    return median(times);
  };
  await millisecondsOfCalls(); // code is compiled
  const [alone, beside]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await millisecondsOfCalls());
    await neighbor.ask();
    beside.push(await millisecondsOfCalls());
    await neighbor.ask();
  }
  const ratio = median(beside) / median(alone);
  console.log(isolation.summary);
  console.log(
    `call p50: ${median(alone).toFixed(3)} ms beside an idle box, ${median(beside).toFixed(3)} ms beside a busy one`,
  );
  console.log(
    `ratio ${ratio.toFixed(3)}; ${WORKERS} busy processes with a share of ${SHARE || 'all'}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  if (SHARE > 0) recordFigure('a call beside a busy box, of one beside an idle box', ratio, '', { atMost: 1.2 });
  await Promise.all([server.child.stop(), neighbor.child.stop()]);
  server.close();
  neighbor.close();
} finally {
  limited.close();
  isolation.close();
  await rm(folder, { recursive: true, force: true });
}
