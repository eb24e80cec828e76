import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunReport, RunRequest } from './messages.ts';
import { processorMsOf } from './processor-time.ts';

const WORKER = path.join(import.meta.dirname, 'worker.ts');
const START_MS_MAX = 600_000;
const LOOK_MS = 500;
/** So many times its limit a run may last while it does not get the processor. What only waits is ended by Vitest. */
const WAITING_MAX = 20;

export type RunResult = Extract<RunReport, { kind: 'result' }> & { processorMs: number };

/** Runs tests in the copy of the tree; a run that takes too long is ended with every process that it started. */
export function openSession(copy: string) {
  let worker: ChildProcess | null = null;

  const end = async (): Promise<void> => {
    const ending = worker;
    worker = null;
    if (ending?.pid === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    process.kill(-ending.pid, 'SIGKILL'); // its group: the forks of Vitest and what tests start belong to it
    await exited;
  };

  const start = async (): Promise<ChildProcess> => {
    const started = fork(WORKER, [], { cwd: copy, detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    worker = started;
    const ready = await answerOf(started, START_MS_MAX);
    if (ready === null) throw new Error('Vitest did not start.');
    return started;
  };

  return {
    /** Null: the run used up its processor time, or ended the process. */
    run: async (request: RunRequest, limitMs: number): Promise<RunResult | null> => {
      const running = worker ?? (await start());
      const file = request.file === null ? null : path.join(copy, request.file);
      const original = file === null ? null : readFileSync(file);
      const usedMs = meterOf(running);
      const over = new AbortController();
      const watch = setInterval(() => {
        if (usedMs() > limitMs) over.abort();
      }, LOOK_MS);
      running.send(request);
      const answer = await answerOf(running, limitMs * WAITING_MAX, over.signal);
      clearInterval(watch);
      if (answer?.kind === 'result') return { ...answer, processorMs: usedMs() };
      await end();
      if (file !== null && original !== null) writeFileSync(file, original);
      return null;
    },
    close: end,
  };
}

/** Measures the processor time of a worker's group from now on; the time of the clock where there is no better one. */
function meterOf({ pid = 0 }: ChildProcess): () => number {
  const startedAt = performance.now();
  const before = processorMsOf(pid);
  return () => (before === null ? performance.now() - startedAt : (processorMsOf(pid) ?? 0) - before);
}

async function answerOf(worker: ChildProcess, limitMs: number, stop?: AbortSignal): Promise<RunReport | null> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(limitMs), ...(stop ? [stop] : [])]);
  try {
    const message = once(worker, 'message', { signal }).then(([first]) => first as RunReport); // sent by worker.ts
    return await Promise.race([message, once(worker, 'exit', { signal }).then(() => null)]);
  } catch {
    return null; // its time is over
  } finally {
    over.abort();
  }
}
