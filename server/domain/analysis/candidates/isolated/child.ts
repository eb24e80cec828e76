import type { ChildProcess } from 'node:child_process';
import type { Outcome, Task } from './messages.ts';
import { TaskError } from './task-error.ts';

/** One process that runs one task at a time. */
export interface Child {
  /** @throws TaskError; the signal's reason when it fires. Both end the process, except for a task that threw. */
  run(task: Task, limits: { signal: AbortSignal; taskMsMax: number }): Promise<unknown>;
  /** True while the process can take another task. */
  isAlive(): boolean;
  stop(): void;
  /** Resolves when the process is gone, for whatever reason. */
  exited: Promise<void>;
}

const STDERR_CHARACTERS_MAX = 2_000;

export function createChild(launch: () => ChildProcess): Child {
  const child = launch();
  const exited = Promise.withResolvers<void>();
  let stderr = '';
  let failure: TaskError | null = null;
  let settle: ((outcome: Outcome | TaskError) => void) | null = null;

  const end = (reason: string, cause?: Error) => {
    failure ??= new TaskError('died', [reason, stderr.trim()].filter(Boolean).join('\n'), { cause });
    settle?.(failure);
    exited.resolve();
  };
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_CHARACTERS_MAX);
  });
  child.on('message', (outcome: Outcome) => settle?.(outcome));
  child.once('error', (error) => end('The process could not be started.', error));
  child.once('close', (code, signal) => end(`The process ended with ${signal ?? `code ${code}`}.`));

  /** An idle process keeps neither the server nor a test alive. */
  const setBusy = (isBusy: boolean) => {
    for (const one of [child, child.channel]) isBusy ? one?.ref() : one?.unref();
  };
  setBusy(false);
  const stop = () => {
    failure ??= new TaskError('died', 'The process was stopped.');
    setBusy(true); // a caller may wait for its end
    child.kill('SIGKILL');
  };

  return {
    exited: exited.promise,
    isAlive: () => failure === null,
    stop,
    async run(task, { signal, taskMsMax }) {
      signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<Outcome | TaskError>();
      settle = resolve;
      const fail = (kind: TaskError['kind'], message: string) => {
        failure ??= new TaskError(kind, message);
        resolve(failure);
        stop();
      };
      const abort = () => fail('died', 'The task was aborted.');
      const timer = setTimeout(() => fail('timed-out', `It ran for ${taskMsMax} ms.`), taskMsMax);
      signal.addEventListener('abort', abort, { once: true });
      setBusy(true);
      try {
        if (failure) throw failure;
        child.send(task, (error) => error && end('The task could not be sent.', error));
        const outcome = await promise;
        signal.throwIfAborted();
        if (outcome instanceof TaskError) throw outcome;
        if ('thrown' in outcome) throw new TaskError('threw', outcome.thrown);
        return outcome.value;
      } finally {
        settle = null;
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        if (!failure) setBusy(false);
      }
    },
  };
}
