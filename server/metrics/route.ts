import type { RequestHandler } from 'express';
import type { Siblings } from '../compose/siblings.ts';
import type { createBearerCheck } from './bearer.ts';
import { mergeFigures } from './merge-figures.ts';
import type { Metrics } from './metrics.ts';

/**
 * `GET /metrics` for whoever sends the token as a bearer token; to everybody else there is nothing here. Of several
 * processes behind one port, the one that is asked tells of all.
 */
export function createMetricsRoute(
  metrics: Metrics,
  isAllowed: ReturnType<typeof createBearerCheck>,
  siblings: Siblings | null,
): RequestHandler {
  siblings?.onAsked(metrics.figures);
  return async (req, res, next) => {
    if (!isAllowed(req)) return next();
    const { contentType, text } = await (siblings === null
      ? metrics.expose()
      : mergeFigures(await siblings.gather(metrics.figures)));
    res.set('Cache-Control', 'no-store').set('Content-Type', contentType).send(text);
  };
}
