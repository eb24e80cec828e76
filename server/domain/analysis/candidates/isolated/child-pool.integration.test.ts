import { spawn } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type ChildPoolOptions, createChildPool } from './child-pool.ts';

const PROGRAM = `
process.on('message', ({ name, input }) => {
  if (name === 'echo') process.send({ value: [process.pid, ...input] });
  if (name === 'throw') process.send({ thrown: 'Error: it cannot be read' });
  if (name === 'exit') process.exit(3);
  if (name === 'loop') for (;;);
  if (name === 'memory') process.send({ value: new Array(2 ** 27).fill(input).length });
});
process.on('disconnect', () => process.exit());`;

const pools: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

function open(options: Partial<ChildPoolOptions> = {}) {
  const pids: (number | undefined)[] = [];
  const pool = createChildPool({
    launch: () => {
      const child = spawn(process.execPath, ['--max-old-space-size=64', '-e', PROGRAM], {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      pids.push(child.pid);
      return child;
    },
    childrenMax: 1,
    taskMsMax: 60_000,
    idleMsMax: 60_000,
    ...options,
  });
  pools.push(pool);
  const run = (name: string, input: unknown[] = [], signal = new AbortController().signal) =>
    pool.run({ name, input }, signal);
  return { ...pool, run, pids };
}

const isRunning = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('starts no process before the first task, then reuses the same one', async () => {
  const pool = open();
  expect(pool.pids).toEqual([]);
  const [first, second] = [await pool.run('echo', ['a']), await pool.run('echo', ['b'])];
  expect([first, second]).toEqual([
    [pool.pids[0], 'a'],
    [pool.pids[0], 'b'],
  ]);
});

test('runs as many tasks at a time as it has children, and the rest in turn', async () => {
  const pool = open({ childrenMax: 2 });
  const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((one) => pool.run('echo', [one])));
  expect(all.map((one) => (Array.isArray(one) ? one[1] : one))).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(pool.pids).toHaveLength(2);
});

test('ends a task that does not end, and runs the next one in a new process', async () => {
  const pool = open({ taskMsMax: 1_000 });
  await pool.run('echo');
  await expect(pool.run('loop')).rejects.toMatchObject({ name: 'TaskError', kind: 'timed-out' });
  expect(await pool.run('echo', ['after'])).toEqual([pool.pids[1], 'after']);
});

test('survives a process that takes too much memory, with its last words for the log', async () => {
  const pool = open();
  await expect(pool.run('memory', ['x'])).rejects.toMatchObject({ kind: 'died', message: /heap|memory/i });
  expect(await pool.run('echo', ['after'])).toEqual([pool.pids[1], 'after']);
});

test('gives tasks that wait a new process when the one they wait for dies', async () => {
  const pool = open();
  const dying = pool.run('exit').catch((error: unknown) => error);
  const waiting = pool.run('echo', ['waited']);
  expect(await dying).toMatchObject({ kind: 'died', message: 'The process ended with code 3.' });
  expect(await waiting).toEqual([pool.pids[1], 'waited']);
});

test('keeps the process when a task only throws', async () => {
  const pool = open();
  await expect(pool.run('throw')).rejects.toMatchObject({ kind: 'threw', message: 'Error: it cannot be read' });
  expect(await pool.run('echo')).toEqual([pool.pids[0]]);
});

test('an abort ends the process that runs the task, and takes a waiting task out of the line', async () => {
  const pool = open();
  await pool.run('echo');
  const controller = new AbortController();
  const [running, waiting] = [pool.run('loop', [], controller.signal), pool.run('echo', [], controller.signal)];
  const next = pool.run('echo', ['next']);
  await setImmediate(); // the task is on its way to the process
  controller.abort(new Error('The caller left.'));
  await expect(running).rejects.toThrow('The caller left.');
  await expect(waiting).rejects.toThrow('The caller left.');
  expect(await next).toEqual([pool.pids[1], 'next']);
  expect(isRunning(pool.pids[0])).toBe(false);
});

test('ends a process that has had no task for a while', async () => {
  const pool = open({ idleMsMax: 1 });
  await pool.run('echo');
  await expect.poll(() => isRunning(pool.pids[0])).toBe(false);
  expect(await pool.run('echo')).toEqual([pool.pids[1]]);
});

test('warms up one process for the task that follows', async () => {
  const pool = open();
  pool.warmUp();
  pool.warmUp();
  expect(await pool.run('echo')).toEqual([pool.pids[0]]);
  expect(pool.pids).toHaveLength(1);
});

test('closing ends every process and fails open and waiting tasks', async () => {
  const pool = open();
  await pool.run('echo');
  const [running, waiting] = [pool.run('loop'), pool.run('echo')].map((one) => one.catch((error: unknown) => error));
  await pool.close();
  expect(await running).toMatchObject({ kind: 'died' });
  expect(await waiting).toMatchObject({ kind: 'died' });
  expect(isRunning(pool.pids[0])).toBe(false);
  await expect(pool.run('echo')).rejects.toMatchObject({ kind: 'died' });
});
