import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { networkOf } from '#server/domain/network.ts';
import { sendError } from '../send-error.ts';
import { createShares } from '../shares.ts';

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;
/** A request may have a body of this size before its caller is known. */
export const BODY_BYTES_MAX = 64 * KILOBYTE;
/** A body must have arrived within this time; a large body of a known caller within the longer one. */
const BODY_MS_MAX = 10_000;
const LARGE_BODY_MS_MAX = 60_000;
/** Bodies that are arriving. With all of them full that is 128 MB, and as much again for large ones. */
const BODIES = { perKeyMax: 64, totalMax: 2_000 };
const LARGE_BODY_BYTES = { perKeyMax: 32 * MEGABYTE, totalMax: 128 * MEGABYTE };

type AddressOf = (req: IncomingMessage) => string;

export interface BodyAdmission {
  /** Admits a request whose body, if it has one, is small; otherwise answers it. */
  admit: RequestHandler;
  /** Lets an admitted request have a larger body. False: there is no room, and the request has been answered. */
  enlarge(req: Request, res: Response, bytesMax: number): boolean;
}

export type BodyTimes = { smallMs: number; largeMs: number };

/**
 * Bounds what arriving bodies cost, before any of them is read: their size, their time, and how many of one network and
 * of all networks arrive at once. Bodies of unknown length count as the largest that is allowed. What reads a body must
 * hold it to the size for which it was admitted.
 */
export function createBodyAdmission(
  addressOf: AddressOf,
  times: BodyTimes = { smallMs: BODY_MS_MAX, largeMs: LARGE_BODY_MS_MAX },
): BodyAdmission {
  const bodies = createShares(BODIES);
  const largeBytes = createShares(LARGE_BODY_BYTES);
  const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

  const limitTime = (req: Request, res: Response, ms: number) => {
    clearTimeout(timers.get(req));
    const timer = setTimeout(() => endSlow(req, res), ms);
    timer.unref();
    timers.set(req, timer);
  };

  return {
    admit: (req, res, next) => {
      const length = bodyLength(req);
      if (length === 0) return next();
      const release = bodies.take(networkOf(addressOf(req)));
      limitTime(req, res, times.smallMs);
      req.once('close', () => {
        clearTimeout(timers.get(req));
        release?.();
      });
      if (release === null) return refuseBusy(req, res);
      next();
    },
    enlarge: (req, res, bytesMax) => {
      const release = largeBytes.take(networkOf(addressOf(req)), bodyLength(req) ?? bytesMax);
      if (release === null) {
        refuseBusy(req, res);
        return false;
      }
      req.once('close', release);
      limitTime(req, res, times.largeMs);
      return true;
    },
  };
}

/** The announced length of the body in bytes: 0 without a body, null when it is not known before it ends. */
export function bodyLength({ headers }: IncomingMessage): number | null {
  if (headers['transfer-encoding'] !== undefined) return null;
  return Number(headers['content-length'] ?? 0);
}

const refuseBusy = (req: Request, res: Response): void =>
  sendError(req, res, {
    status: 429,
    code: 'LIMIT_REACHED',
    message: 'Too many requests from your address are arriving at once.',
    hint: 'Send fewer at a time.',
    retryAfterSeconds: 1,
  });

export const refuseTooLarge = (req: Request, res: Response, bytesMax: number, hint?: string): void =>
  sendError(req, res, {
    status: 413,
    code: 'LIMIT_REACHED',
    message: `The request is larger than ${sizeOf(bytesMax)}, the most that is allowed here.`,
    hint,
  });

const sizeOf = (bytes: number): string => (bytes >= MEGABYTE ? `${bytes / MEGABYTE} MB` : `${bytes / KILOBYTE} kB`);

/** Answers where that is still possible, and ends the connection: a body that stopped in the middle leaves no other way. */
function endSlow(req: Request, res: Response): void {
  if (req.complete) return;
  if (res.headersSent) {
    req.destroy();
    return;
  }
  res.once('finish', () => req.destroy());
  res.set('Connection', 'close');
  sendError(req, res, {
    status: 408,
    code: 'LIMIT_REACHED',
    message: 'The body of the request did not arrive in time.',
  });
}
