import { hash } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Credentials } from './authenticate.ts';

/** Counts requests by key; null when one may pass, else how many seconds to wait. */
export interface RateLimit {
  consume(key: string): Promise<number | null>;
}

/** One limit for each caller: an API token, a session, or the address of somebody without either. */
export const limitRate =
  (limit: RateLimit, callerOf: (req: Parameters<RequestHandler>[0]) => Credentials): RequestHandler =>
  async (req, res, next) => {
    const { authorization, cookie, address } = callerOf(req);
    const credential = authorization ?? cookie;
    const seconds = await limit.consume(credential === null ? address : `${address} ${hash('sha256', credential)}`);
    if (seconds === null) return next();
    res.status(429).set('Retry-After', String(seconds));
    res.json({ error: { code: 'LIMIT_REACHED', message: 'Too many requests.', hint: `Wait ${seconds} s.` } });
  };
