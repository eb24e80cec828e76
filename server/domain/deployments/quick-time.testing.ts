import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#deploy/clock.ts';
import type { Timers } from './timers.ts';

/** Below this many real milliseconds a timer only burns the processor. */
const REAL_MS_MIN = 8;

/** Time that passes `speed` times as quickly, and can be skipped: leases, backoffs and limits take seconds, not minutes. */
export function createQuickTime(speed: number) {
  const startedAt = Date.now();
  const origin = performance.now();
  let skipped = 0;
  const nowMs = () => Math.floor(startedAt + (performance.now() - origin) * speed + skipped);
  const real = (milliseconds: number) => Math.max(REAL_MS_MIN, milliseconds / speed);
  const timers: Timers = {
    after: (milliseconds, run) => {
      const timer = setTimeout(run, real(milliseconds));
      return () => clearTimeout(timer);
    },
    every: (milliseconds, run) => {
      const timer = setInterval(run, real(milliseconds));
      return () => clearInterval(timer);
    },
  };
  const clock: Clock = {
    now: nowMs,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      await delay(real(milliseconds), undefined, signal === undefined ? {} : { signal });
    },
  };
  return {
    now: () => new Date(nowMs()),
    timers,
    clock,
    realMs: real,
    /** What is due by then is found due at the next scan. */
    skip: (milliseconds: number) => {
      skipped += milliseconds;
    },
  };
}
