const TICK_MS = 1_000;
/** A tick later than this did not come late: the machine was suspended. */
const TICK_LATE_MS = 5_000;

export type ActiveClock = { now(): number; stop(): void };

/**
 * Milliseconds during which this machine was awake. A suspended machine's clocks jump when it resumes; nothing must be
 * reaped or timed out for the time it slept.
 */
export const createActiveClock = (onTick: () => void, read: () => number = () => performance.now()): ActiveClock => {
  let last = read();
  let slept = 0;
  const advance = () => {
    const now = read();
    if (now - last > TICK_LATE_MS) slept += now - last - TICK_MS;
    last = now;
  };
  const timer = setInterval(() => {
    advance();
    onTick();
  }, TICK_MS);
  timer.unref();
  return { now: () => last - slept + Math.min(read() - last, TICK_LATE_MS), stop: () => clearInterval(timer) };
};
