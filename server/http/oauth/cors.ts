import type { RequestHandler } from 'express';

const PREFLIGHT_SECONDS = 86_400;

/**
 * Any web page may read these answers: they hold what is public, or what the page proves to be its own by a code and a
 * verifier. No cookie is looked at, and browsers do not send any.
 */
export const allowAnyOrigin: RequestHandler = (req, res, next) => {
  res.set('Access-Control-Allow-Origin', '*');
  res.set('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After');
  res.set('Cross-Origin-Resource-Policy', 'cross-origin');
  if (req.method !== 'OPTIONS') return next();
  res.set({
    'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
    'Access-Control-Allow-Headers': req.headers['access-control-request-headers'] ?? '*',
    'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
    Vary: 'Access-Control-Request-Headers',
  });
  res.status(204).end();
};
