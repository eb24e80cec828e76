import compression from 'compression';
import type { RequestHandler } from 'express';

/** Below this an answer fits into one packet anyway. */
const BYTES_MIN = 1_024;

/** Compresses whole JSON answers. A stream of events is never compressed: it would be held back. */
export const compressJson = (): RequestHandler =>
  compression({
    threshold: BYTES_MIN,
    filter: (_req, res) =>
      /^application\/(graphql-response\+)?json\b/.test(String(res.getHeader('Content-Type') ?? '')),
  });
