import type { RequestHandler } from 'express';
import type { createBearerCheck } from './bearer.ts';
import type { Exposition } from './exposition.ts';

/** `GET /metrics` for callers that send the token as a bearer token; for all others the path does not exist. */
export function createMetricsRoute(
  expose: Exposition,
  isAllowed: ReturnType<typeof createBearerCheck>,
): RequestHandler {
  return async (req, res, next) => {
    if (!isAllowed(req)) return next();
    const { contentType, text } = await expose();
    res.set('Cache-Control', 'no-store').set('Content-Type', contentType).send(text);
  };
}
