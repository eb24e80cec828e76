import type { Clock } from '../clock.ts';

export type Rate = { perSecond: number; burst: number };

/** Fly's own limits: per action, and per machine (or per app, where the call names no machine). */
export const FLY_RATE: Rate = { perSecond: 1, burst: 3 };
export const FLY_GET_RATE: Rate = { perSecond: 5, burst: 10 };

const BUCKETS_MAX = 2_000;

/**
 * Creates token buckets that say how long a call has to wait. A call takes its token at once, so callers queue in
 * order and do not poll.
 */
export const createRateLimiter = (clock: Pick<Clock, 'now'>) => {
  /** For each key the instant at which its bucket is full again. */
  const fullAt = new Map<string, number>();

  const forgetFull = (now: number): void => {
    for (const [key, at] of fullAt) if (at <= now) fullAt.delete(key);
  };

  return {
    /** Milliseconds to wait before the call may be sent. */
    take: (key: string, rate: Rate): number => {
      const now = clock.now();
      if (fullAt.size >= BUCKETS_MAX) forgetFull(now);
      const interval = 1_000 / rate.perSecond;
      const next = Math.max(fullAt.get(key) ?? now, now) + interval;
      fullAt.set(key, next);
      return Math.max(0, next - now - interval * rate.burst);
    },
    /** Gives back the token of a call that was never sent. */
    untake: (key: string, rate: Rate): void => {
      const at = fullAt.get(key);
      if (at !== undefined) fullAt.set(key, at - 1_000 / rate.perSecond);
    },
  };
};
