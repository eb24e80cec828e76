import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#deploy/clock.ts';
import type { Timers } from '../reconcile/timers.ts';

/** Below this many real milliseconds a timer only burns the processor. */
const REAL_MS_MIN = 8;
/** While this process does not get the processor, its time stands still after so many real milliseconds. */
const STALL_MS = 100;

/** Time that passes `speed` times as quickly, and can be skipped: leases, backoffs and limits take seconds, not minutes. */
export function createQuickTime(initialSpeed: number) {
  let speed = initialSpeed;
  let now = Date.now();
  let lookedAt = performance.now();
  const nowMs = (): number => {
    const at = performance.now();
    now += Math.min(at - lookedAt, STALL_MS) * speed;
    lookedAt = at;
    return Math.floor(now);
  };
  const pulse = setInterval(nowMs, STALL_MS / 2); // an idle process is not a stalled one
  pulse.unref();
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
    /** From now on; timers that are set already keep theirs. */
    setSpeed: (next: number) => {
      nowMs();
      speed = next;
    },
    /** What is due by then is found due at the next scan. */
    skip: (milliseconds: number) => {
      now += milliseconds;
    },
    stop: () => clearInterval(pulse),
  };
}
