import type { RequestHandler } from 'express';
import type { createBearerCheck } from './bearer.ts';
import { mergeFigures } from './merge-figures.ts';
import type { Metrics } from './metrics.ts';
import type { ProcessGroup } from './process-group.ts';

/**
 * `GET /metrics` for callers that send the token as a bearer token; for all others the path does not exist. When several
 * processes serve one port, the one that receives the request returns the figures of all of them.
 */
export function createMetricsRoute(
  metrics: Metrics,
  isAllowed: ReturnType<typeof createBearerCheck>,
  group: ProcessGroup | null,
): RequestHandler {
  group?.provideFigures(metrics.figures);
  return async (req, res, next) => {
    if (!isAllowed(req)) return next();
    const { contentType, text } = await (group === null
      ? metrics.expose()
      : mergeFigures(await group.collectFigures(metrics.figures)));
    res.set('Cache-Control', 'no-store').set('Content-Type', contentType).send(text);
  };
}
