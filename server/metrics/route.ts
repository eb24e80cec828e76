import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { Metrics } from './metrics.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `GET /metrics` for whoever sends the token as a bearer token; to everybody else there is nothing here. */
export function createMetricsRoute(metrics: Metrics, token: Secret): RequestHandler {
  const expected = digest(token.reveal());
  return async (req, res, next) => {
    const given = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), expected)) return next();
    const { contentType, text } = await metrics.expose();
    res.set('Cache-Control', 'no-store').set('Content-Type', contentType).send(text);
  };
}
