import type { Timers } from '#server/domain/timers.ts';

export type Repeated = {
  timers: Timers;
  intervalMs: number;
  run(signal: AbortSignal): Promise<void>;
  onError(error: unknown): void;
};

/** Runs a task at every interval, never twice at once; closing aborts it and waits for its end. */
export function repeat({ timers, intervalMs, run, onError }: Repeated): { close(): Promise<void> } {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  const stop = timers.every(intervalMs, () => {
    running ??= run(stopping.signal)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) onError(error);
      })
      .finally(() => {
        running = null;
      });
  });
  return {
    close: async () => {
      stop();
      stopping.abort();
      await running;
    },
  };
}
