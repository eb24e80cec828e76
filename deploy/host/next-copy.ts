import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from './failure.ts';
import type { Program } from './install/program.ts';

/** Within what a machine has between its deletion and SIGKILL. */
const COPY_MS_MAX = 2_500;

export type NextCopy = {
  /** Starts the copy after a time, once. */
  prepare(afterMs: number): void;
  /** Waits for a copy that has begun, for a moment. */
  settle(): Promise<void>;
  /** Resolves when no copy is being made any more. */
  readonly done: Promise<void> | null;
};

type NextCopyDeps = { program: () => Program | null; signal: AbortSignal; log: (text: string) => void };

/** Prepares a copy of the package for the next machine, which then starts without copying. */
export function createNextCopy({ program, signal, log }: NextCopyDeps): NextCopy {
  let preparing: Promise<void> | null = null;
  return {
    prepare: (afterMs) => {
      preparing ??= delay(afterMs, undefined, { signal, ref: false })
        .then(() => program()?.prepareCopy())
        .catch((error: unknown) => {
          if (!signal.aborted) log(`The next copy of the package is not ready: ${messageOf(error)}`);
        });
    },
    settle: async () => {
      if (preparing) await Promise.race([preparing, delay(COPY_MS_MAX, undefined, { ref: false })]);
    },
    get done() {
      return preparing;
    },
  };
}
