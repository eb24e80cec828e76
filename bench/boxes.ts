/**
 * The cost of a box: the same small server with one and without one, in turns, in one run.
 *
 *   npm run bench:boxes            BENCH_ROUNDS starts (40) and BENCH_CALLS calls (10000) of each kind
 *
 * A start is a child of the host from its spawn to the answer to `initialize`. A call is one `ping` over stdio, 16 under
 * way at once. Memory is what the processes around the server hold for themselves (Pss). Figures of both kinds come from
 * the same minute, so that other programs slow both; the ratio is the result.
 */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBox } from '#deploy/host/box/box.ts';
import type { ChildCommand } from '#deploy/host/child/child-process.ts';
import { descendantsOf } from '#deploy/host/child/end-processes.ts';
import { openIsolation } from '#deploy/local/isolation.ts';
import { median, SERVER, start } from './boxed-server.ts';
import { recordFigure } from './figures.ts';

const STARTS = Number(process.env['BENCH_ROUNDS'] ?? 40);
const CALLS = Number(process.env['BENCH_CALLS'] ?? 10_000);
const AT_ONCE = 16;
const ROUNDS = 20;

const timeStart = async (command: ChildCommand): Promise<number> => {
  const begun = performance.now();
  const { child, ask } = start(command);
  await ask();
  const milliseconds = performance.now() - begun;
  await child.stop();
  return milliseconds;
};

const callsPerSecond = async ({ ask }: ReturnType<typeof start>): Promise<number> => {
  const begun = performance.now();
  let left = CALLS;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return CALLS / ((performance.now() - begun) / 1000);
};

const pssOf = async (pid: number): Promise<number> =>
  Number(/^Pss:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;

/** Megabytes of the processes between the host and the server. */
const memoryAround = async (pid: number): Promise<number> => {
  const around = [pid, ...descendantsOf(pid).map((row) => row.pid)].slice(0, -1);
  return (await Promise.all(around.map(pssOf))).reduce((sum, megabytes) => sum + megabytes, 0);
};

const isolation = await openIsolation({
  mode: 'require',
  namedPaths: false,
  hidden: [],
  processorShare: null,
  path: process.env['PATH'] ?? '',
});
const folder = await mkdtemp(join(tmpdir(), 'catwalk-bench-box-'));
const opened = isolation.openBox({ id: 'bench', owner: 'bench', memoryBytes: 256 * 1024 * 1024, words: [] });
try {
  if (opened === null) throw new Error('There are no boxes here.');
  await writeFile(join(folder, 'server.js'), SERVER);
  await chmod(folder, 0o755); // the box may have another user
  const plain: ChildCommand = {
    command: process.execPath,
    args: [join(folder, 'server.js')],
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
  };
  const boxed = createBox(opened.settings, join(folder, 'box')).wrap(plain, { writable: [], readable: [folder] });
  const starts = { plain: [] as number[], boxed: [] as number[] };
  for (let round = 0; round < STARTS; round += 1) {
    starts.plain.push(await timeStart(plain));
    starts.boxed.push(await timeStart(boxed));
  }
  const rates = { plain: [] as number[], boxed: [] as number[] };
  const [one, other] = [start(plain), start(boxed)];
  await Promise.all([one.ask(), other.ask()]);
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each kind goes first in every other round, since the load of the computer drifts.
    if (round % 2 === 0) rates.plain.push(await callsPerSecond(one));
    rates.boxed.push(await callsPerSecond(other));
    if (round % 2 === 1) rates.plain.push(await callsPerSecond(one));
  }
  const memory = await memoryAround(other.child.pid ?? 0);
  await Promise.all([one.child.stop(), other.child.stop()]);

  const [startPlain, startBoxed] = [median(starts.plain), median(starts.boxed)];
  const ratio = median(rates.boxed) / median(rates.plain);
  console.log(isolation.summary);
  console.log(`start p50: ${startPlain.toFixed(1)} ms without, ${startBoxed.toFixed(1)} ms in a box`);
  console.log(
    `calls/s: ${median(rates.plain).toFixed(0)} without, ${median(rates.boxed).toFixed(0)} in a box; ratio ${ratio.toFixed(3)}`,
  );
  console.log(`memory of a box: ${memory.toFixed(1)} MB; load ${loadavg()[0]?.toFixed(1)}`);
  recordFigure('a box adds to a start, p50', startBoxed - startPlain, 'ms', { atMost: 60 });
  recordFigure('calls in a box, of those without', ratio, '', { atLeast: 0.97 });
  recordFigure('memory of a box', memory, 'MB', { atMost: 6 });
} finally {
  opened?.close();
  isolation.close();
  await rm(folder, { recursive: true, force: true });
}
