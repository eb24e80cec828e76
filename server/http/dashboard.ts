import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type Router } from 'express';
import expressStaticGzip from 'express-static-gzip';

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>Catwalk</title>
<h1>The dashboard is not built</h1><p>Run <code>npm run build</code>, or start with <code>npm start</code>.</p>`;

/**
 * The built dashboard, in the coding that the browser accepts: the build leaves a Brotli and a gzip form beside each text
 * file. Every other path is one of its pages; files whose names carry a hash never change.
 */
export function createDashboard(directory: string): Router {
  const router = express.Router();
  const index = path.join(directory, 'index.html');
  const files = expressStaticGzip(directory, {
    index: false,
    enableBrotli: true,
    orderPreference: ['br', 'gz'],
    serveStatic: {
      setHeaders: (res, file) => {
        const isHashed = path.dirname(file) === path.join(directory, 'assets');
        res.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    },
  });

  router.use(files);
  router.get('/{*page}', (req, res, next) => {
    if (path.extname(req.path) !== '' || !req.accepts('html')) return next();
    if (!existsSync(index)) {
      res.status(503).set('Cache-Control', 'no-cache').type('html').send(NOT_BUILT);
      return;
    }
    req.url = '/index.html';
    files(req, res, next);
  });
  return router;
}
