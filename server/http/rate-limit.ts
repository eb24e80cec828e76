import { hash } from 'node:crypto';
import type { RequestHandler } from 'express';
import { networkOf } from '#server/domain/network.ts';
import type { Credentials } from './authenticate.ts';

/** Counts requests by key; null when one may pass, else how many seconds to wait. */
export interface RateLimit {
  consume(key: string): Promise<number | null>;
}

/** How many callers one address stands for: an office behind one router, or one program that makes up credentials. */
export const CALLERS_PER_ADDRESS = 10;

/** Null when this caller may ask, else how many seconds they should wait. */
export type LimitCaller = (caller: Credentials) => Promise<number | null>;

/**
 * One limit for each caller: an API token, a session, or the address of somebody without either. Credentials are not yet
 * checked here, so what an address can have by making them up has a limit of its own.
 */
export const createCallerLimit =
  (perCaller: RateLimit, perAddress: RateLimit): LimitCaller =>
  async ({ authorization, cookie, address }) => {
    const credential = authorization ?? cookie;
    const network = networkOf(address);
    if (credential === null) return perCaller.consume(network);
    return (await perAddress.consume(network)) ?? (await perCaller.consume(`${network} ${hash('sha256', credential)}`));
  };

export const limitRate =
  (limit: LimitCaller, callerOf: (req: Parameters<RequestHandler>[0]) => Credentials): RequestHandler =>
  async (req, res, next) => {
    const seconds = await limit(callerOf(req));
    if (seconds === null) return next();
    res.status(429).set('Retry-After', String(seconds));
    res.json({ error: { code: 'LIMIT_REACHED', message: 'Too many requests.', hint: `Wait ${seconds} s.` } });
  };
