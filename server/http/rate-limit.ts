import { hash } from 'node:crypto';
import type { RequestHandler } from 'express';
import { networkOf } from '#server/domain/network.ts';
import type { Credentials } from './authenticate.ts';
import { sendError } from './send-error.ts';

/** Counts requests by key. Null when that many requests, one unless given, may pass; otherwise the seconds to wait. */
export interface RateLimit {
  consume(key: string, requests?: number): Promise<number | null>;
}

/** How many callers one address stands for: an office behind one router, or one program that makes up credentials. */
export const CALLERS_PER_ADDRESS = 10;

/** Null when this caller may send that many requests, one unless given; otherwise the seconds to wait. */
export type LimitCaller = (caller: Credentials, requests?: number) => Promise<number | null>;

/**
 * One limit for each caller: an API token, a session, or the address of a caller without either. Credentials are not yet
 * checked here, so the address of a caller who makes them up has a limit of its own.
 */
export const createCallerLimit =
  (perCaller: RateLimit, perAddress: RateLimit): LimitCaller =>
  async ({ authorization, cookie, address }, requests = 1) => {
    const credential = authorization ?? cookie;
    const network = networkOf(address);
    if (credential === null) return perCaller.consume(network, requests);
    return (
      (await perAddress.consume(network, requests)) ??
      (await perCaller.consume(`${network} ${hash('sha256', credential)}`, requests))
    );
  };

export const limitRate =
  (limit: LimitCaller, callerOf: (req: Parameters<RequestHandler>[0]) => Credentials): RequestHandler =>
  async (req, res, next) => {
    const seconds = await limit(callerOf(req));
    if (seconds === null) return next();
    sendError(req, res, {
      status: 429,
      code: 'LIMIT_REACHED',
      message: 'Too many requests.',
      hint: `Wait ${seconds} s.`,
      retryAfterSeconds: seconds,
    });
  };
