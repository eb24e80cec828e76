import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#deploy/clock.ts';
import type { Timers } from '../../timers.ts';

/** A timer of fewer real milliseconds only burns the processor. */
const REAL_MS_MIN = 8;
/** While this process does not get the processor, its clock stops after so many real milliseconds. */
const STALL_MS = 100;

/** A clock that runs `speed` times as fast and can be skipped: leases, back-offs and limits take seconds, not minutes. */
export function createFastClock(initialSpeed: number) {
  let speed = initialSpeed;
  let now = Date.now();
  let setBy = 0;
  let readAt = performance.now();
  const nowMs = (): number => {
    const at = performance.now();
    now += Math.min(at - readAt, STALL_MS) * speed;
    readAt = at;
    return Math.floor(now);
  };
  const pulse = setInterval(nowMs, STALL_MS / 2); // an idle process is not a stalled one
  pulse.unref();
  const realMs = (milliseconds: number) => Math.max(REAL_MS_MIN, milliseconds / speed);
  const timers: Timers = {
    after: (milliseconds, run) => {
      const timer = setTimeout(run, realMs(milliseconds));
      return () => clearTimeout(timer);
    },
    every: (milliseconds, run) => {
      const timer = setInterval(run, realMs(milliseconds));
      return () => clearInterval(timer);
    },
  };
  const clock: Clock = {
    now: nowMs,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      await delay(realMs(milliseconds), undefined, signal === undefined ? {} : { signal });
    },
  };
  return {
    now: () => new Date(nowMs()),
    timers,
    clock,
    realMs,
    /** Applies from now on; timers that are already set keep their time. */
    setSpeed: (next: number) => {
      nowMs();
      speed = next;
    },
    /** A clock that is never set. */
    steadyMs: () => nowMs() - setBy,
    /** So much time passes at once. Rows that become due are found at the next scan. */
    skip: (milliseconds: number) => {
      now += milliseconds;
    },
    /** The clock is set, ahead or back, and no time passes. */
    set: (milliseconds: number) => {
      now += milliseconds;
      setBy += milliseconds;
    },
    stop: () => clearInterval(pulse),
  };
}
