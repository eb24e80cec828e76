import express, { type Router } from 'express';
import type { ReadPublicPage } from '#server/domain/deployments/public-page/read-public-page.ts';
import { badgeSvg } from './badge-svg.ts';
import { type GuidesFor, NOT_FOUND_HTML, pageHtml } from './page-html.ts';

export const PUBLIC_PAGE_PREFIX = '/p';

/** A page that was switched off is gone from caches after a minute. */
const CACHE = 'public, max-age=60';

/** Badges are images on pages of other sites. Everything else there is opened by people, or read by programs. */
export const isBadgePath = (path: string): boolean => /^\/p\/[a-z0-9-]+\/badge\.svg$/.test(path);

export type PublicPageDeps = { publicUrl: string; read: ReadPublicPage; guidesFor: GuidesFor };

/** `/p/{short name or id}` and its badge, for everyone. */
export function createPublicPageRoutes({ publicUrl, read, guidesFor }: PublicPageDeps): Router {
  const router = express.Router();
  router.get('/:word', async (req, res, next) => {
    const page = await read(req.params.word);
    if (page === null) return next();
    res
      .set('Cache-Control', CACHE)
      .type('html')
      .send(pageHtml(publicUrl, page, guidesFor));
  });
  router.get('/:word/badge.svg', async (req, res, next) => {
    const page = await read(req.params.word);
    if (page === null) return next();
    // README files of other sites show it.
    res.set({ 'Cache-Control': CACHE, 'Cross-Origin-Resource-Policy': 'cross-origin' });
    res.type('svg').send(badgeSvg(page));
  });
  router.use((_req, res) => {
    res.status(404).set('Cache-Control', CACHE).type('html').send(NOT_FOUND_HTML);
  });
  return router;
}
