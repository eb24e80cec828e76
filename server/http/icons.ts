import { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Icons } from '#server/domain/icons/icons.ts';
import { type Authenticate, credentialsOf } from './authenticate.ts';
import { sendError } from './send-error.ts';

export const ICONS_PREFIX = '/api/icons';

const DAY_S = 24 * 3_600;
const querySchema = z.object({ theme: z.enum(['light', 'dark']).catch('light'), name: z.string().max(300).catch('') });

/**
 * `GET /api/icons/deployments/{id}` and `/api/icons/registry?name=`: what a server declares as its icon, for people who
 * are signed in. The policy lets an SVG that is opened by itself run and load nothing.
 */
export function createIconRoutes(options: {
  icons: Icons;
  authenticate: Authenticate;
  addressOf: (req: Request) => string;
}): Router {
  const { icons, authenticate, addressOf } = options;
  const router = Router();
  const serve =
    (
      find: (req: Request, ...given: Parameters<Icons['ofDeployment']>) => ReturnType<Icons['ofDeployment']>,
    ): RequestHandler =>
    async (req, res) => {
      const actor = await authenticate(credentialsOf(req.headers, addressOf(req)));
      if (actor === null)
        return sendError(req, res, { status: 401, code: 'UNAUTHENTICATED', message: 'You are not signed in.' });
      const { theme, name } = querySchema.parse(req.query);
      const image = await find(req, actor, typeof req.params['id'] === 'string' ? req.params['id'] : name, theme);
      if (image === null) {
        res.set('Cache-Control', 'private, max-age=600');
        return sendError(req, res, { status: 404, code: 'NOT_FOUND', message: 'There is no icon.' });
      }
      res.set({
        'Content-Type': image.type,
        'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        'Cache-Control': `private, max-age=${DAY_S}`,
      });
      res.send(image.bytes);
    };
  router.get(
    '/deployments/:id',
    serve((_req, actor, id, theme) => icons.ofDeployment(actor, id, theme)),
  );
  router.get(
    '/registry',
    serve((_req, _actor, name, theme) => icons.ofRegistryServer(name, theme)),
  );
  return router;
}
