import { hash } from 'node:crypto';
import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Credentials } from './authenticate.ts';

/** So many requests a minute for each caller: an API token, a session, or the address of somebody without either. */
export function createRateLimit(
  perMinute: number,
  callerOf: (req: Parameters<RequestHandler>[0]) => Credentials,
): RequestHandler {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (req, res, next) => {
    const { authorization, cookie, address } = callerOf(req);
    const credential = authorization ?? cookie;
    const key = credential === null ? address : `${address} ${hash('sha256', credential)}`;
    try {
      await limiter.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) return next(error);
      const seconds = Math.ceil(error.msBeforeNext / 1000);
      res.status(429).set('Retry-After', String(seconds));
      res.json({ error: { code: 'LIMIT_REACHED', message: 'Too many requests.', hint: `Wait ${seconds} s.` } });
      return;
    }
    next();
  };
}
