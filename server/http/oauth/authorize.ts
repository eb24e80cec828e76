import express, { type Router } from 'express';
import type { AuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import { DocumentUnreachableError } from '#server/domain/oauth/client-documents.ts';
import { issuerPath } from '#server/domain/oauth/names.ts';
import { describeRedirect, isLoopback } from '#server/domain/oauth/redirect-uri.ts';
import { rememberReturn } from '../return-path.ts';
import { refusalPage } from './refusal-page.ts';

const QUERY_CHARACTERS_MAX = 16_000;
/** Programs keep the id that they began with, and register only when they start over. */
const WAY_ON = 'In the app, log out of this server, or remove it and add it again: the app then registers by itself.';

/**
 * The authorization endpoint (OAuth 2.1, section 4.1.1). It checks the request and hands the person over to the
 * dashboard's consent page, which asks them to sign in first where they must. It decides nothing by itself.
 */
export function createAuthorize(options: { publicUrl: string; server: AuthorizationServer }): Router {
  const { publicUrl, server } = options;
  const router = express.Router();
  const paths = [issuerPath(':id'), issuerPath(':id', ':view')].map((issuer) => `${issuer}/authorize`);
  router.get<{ id: string; view?: string }>(paths, async (req, res) => {
    res.set('Cache-Control', 'no-store');
    const deployment = await server.findProtected(req.params.id, req.params.view);
    if (!deployment) {
      const why =
        'There is no MCP server here that clients connect to by signing in. It may have been deleted, or its owner chose tokens instead.';
      return void res.status(404).type('html').send(refusalPage(why));
    }
    const query = queryOf(req.originalUrl);
    if (query.length > QUERY_CHARACTERS_MAX) {
      return void res.status(414).type('html').send(refusalPage('The request of the client is too long.'));
    }
    const read = await server.readRequest(deployment, new URLSearchParams(query));
    switch (read.kind) {
      case 'refused':
        if (read.error instanceof DocumentUnreachableError) {
          const access = { href: `/deployments/${deployment.id}/access`, text: 'Create an access token instead' };
          return void res
            .status(400)
            .type('html')
            .send(refusalPage(`${read.error.message} ${WAY_ON}`, access));
        }
        return void res.status(400).type('html').send(refusalPage(read.error.message));
      case 'sent-back': {
        const { redirectTo, error } = read;
        if (isLoopback(redirectTo)) return void res.redirect(303, redirectTo);
        // A page comes first: a registered client could use this address to send people on to its own (RFC 9700, section 4.11.2).
        const back = { href: redirectTo, text: `Back to ${describeRedirect(redirectTo)}` };
        return void res.status(400).type('html').send(refusalPage(error.message, back));
      }
      case 'ready': {
        const consent = `${issuerPath(deployment.id, deployment.view?.name)}/consent?${query}`;
        rememberReturn(res, publicUrl, consent);
        return void res.redirect(303, consent);
      }
    }
  });
  return router;
}

const queryOf = (url: string): string => {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
};
