/** Timers as an argument: tests run them faster, and stop those of a worker that dies. */
export interface Timers {
  /** Calls `run` once, after the time. Returns a function that stops the timer. */
  after(milliseconds: number, run: () => void): () => void;
  /** Calls `run` at every interval. Returns a function that stops the timer. */
  every(milliseconds: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  every: (milliseconds, run) => {
    const timer = setInterval(run, milliseconds);
    return () => clearInterval(timer);
  },
};
