import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type Router } from 'express';

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>Catwalk</title>
<h1>The dashboard is not built</h1><p>Run <code>npm run build</code>, or start with <code>npm start</code>.</p>`;

/** The built dashboard. Every other path is one of its pages; files whose names carry a hash never change. */
export function createDashboard(directory: string): Router {
  const router = express.Router();
  const index = path.join(directory, 'index.html');

  router.use(
    express.static(directory, {
      index: false,
      setHeaders: (res, file) => {
        const isHashed = path.dirname(file) === path.join(directory, 'assets');
        res.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  router.get('/{*page}', (req, res, next) => {
    if (path.extname(req.path) !== '' || !req.accepts('html')) return next();
    res.setHeader('Cache-Control', 'no-cache');
    // relative to a root: in an absolute path a folder such as .local would count as hidden
    if (existsSync(index)) res.sendFile('index.html', { root: directory });
    else res.status(503).type('html').send(NOT_BUILT);
  });
  return router;
}
