import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_SECONDS = 60;

/** Counts requests per key and minute in this instance's memory. */
export interface RateLimit {
  /** Null when that many requests, one unless given, may pass; otherwise the seconds to wait. */
  consume(key: string, requests?: number): Promise<number | null>;
}

export function createRateLimit(perMinute: number): RateLimit {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
  return {
    consume: async (key, requests = 1) => {
      try {
        await limiter.consume(key, requests);
        return null;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
        throw refusal;
      }
    },
  };
}
