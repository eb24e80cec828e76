/** Time that passes, as an argument: tests let it pass quicker, and take it from a worker that is to die. */
export interface Timers {
  /** Calls once, after the time. Returns the way to stop. */
  after(milliseconds: number, run: () => void): () => void;
  /** Calls again and again. Returns the way to stop. */
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
