import express, { type Request, type RequestHandler } from 'express';
import { UserError } from '#server/domain/errors.ts';
import { clientDocument } from '#server/domain/remote-sign-in/client.ts';
import type { RemoteSignInService } from '#server/domain/remote-sign-in/service.ts';
import { type Authenticate, credentialsOf } from './authenticate.ts';
import { refusalPage } from './oauth/refusal-page.ts';
import { rememberReturn } from './return-path.ts';

export const REMOTE_PREFIX = '/api/remote';

const QUERY_CHARACTERS_MAX = 8_000;
const TITLE = 'The server was not connected';
const NO_LINK = { href: '/deployments', text: 'To the dashboard' };

const one = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * What authorization servers of remote servers use: the document that describes Catwalk as a client, and the address
 * that they send the owner's browser back to. The cookie of the browser proves who comes back; an API token does not.
 */
export function createRemoteSignInRoutes(options: {
  publicUrl: string;
  service: Pick<RemoteSignInService, 'complete'>;
  authenticate: Authenticate;
  addressOf: (req: Request) => string;
}): RequestHandler {
  const { publicUrl, service, authenticate, addressOf } = options;
  const router = express.Router();

  router.get('/client.json', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600').json(clientDocument(publicUrl));
  });

  router.get('/callback', async (req, res) => {
    res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    const refuse = (status: number, why: string) =>
      void res
        .status(status)
        .type('html')
        .send(refusalPage(why, NO_LINK, TITLE));
    if (req.originalUrl.length > QUERY_CHARACTERS_MAX) return refuse(414, 'The answer of the sign-in is too long.');
    const actor = await authenticate({ ...credentialsOf(req.headers, addressOf(req)), authorization: null });
    if (actor === null) {
      rememberReturn(res, publicUrl, req.originalUrl);
      return void res.redirect(303, '/sign-in');
    }
    const { state, code, error, iss } = req.query;
    try {
      const answer = { state: one(state), code: one(code), error: one(error), iss: one(iss) };
      const { deploymentId } = await service.complete(actor, answer);
      return void res.redirect(303, `/deployments/${deploymentId}`);
    } catch (failure) {
      if (!(failure instanceof UserError)) throw failure;
      return refuse(400, `${failure.message} ${failure.hint ?? ''}`.trim());
    }
  });
  return router;
}
