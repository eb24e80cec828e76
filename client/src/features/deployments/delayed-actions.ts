/** An action that waits for a while, so that it can be undone. */
export type DelayedActions = {
  /** Runs the action after the delay; returns a function that undoes it and reports whether it was in time. */
  schedule: (run: () => void) => () => boolean;
  /** Runs every waiting action now: the tab is hidden or closes, and timers may never fire. */
  flush: () => void;
};

export const UNDO_MS = 8_000;

type Timers = { set: (run: () => void, ms: number) => unknown; clear: (timer: unknown) => void };

const BROWSER_TIMERS: Timers = {
  set: (run, ms) => setTimeout(run, ms),
  clear: (timer) => clearTimeout(timer as number), // what `set` returned
};

export function createDelayedActions(timers: Timers = BROWSER_TIMERS, delayMs = UNDO_MS): DelayedActions {
  const waiting = new Map<() => void, unknown>();
  const take = (run: () => void): boolean => {
    if (!waiting.has(run)) return false;
    timers.clear(waiting.get(run));
    return waiting.delete(run);
  };
  return {
    schedule: (action) => {
      const run = () => {
        if (take(run)) action();
      };
      waiting.set(run, timers.set(run, delayMs));
      return () => take(run);
    },
    flush: () => {
      for (const run of [...waiting.keys()]) run();
    },
  };
}
