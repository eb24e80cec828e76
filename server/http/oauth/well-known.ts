import express, { type RequestHandler, type Router } from 'express';
import { isUuid } from '#server/domain/access/uuid.ts';
import type { AuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import { issuerPath, resourcePath } from '#server/domain/oauth/names.ts';
import type { ProtectedDeployment } from '#server/domain/oauth/protected-deployment.ts';
import { openIdMetadata, resourceMetadata, serverMetadata } from './metadata.ts';

/** Clients read it at every connection; after the mode of access changed they must not find yesterday's answer. */
const CACHE = 'no-cache';

/**
 * The documents by which a client finds its way from the endpoint's 401: RFC 9728 with the path of the endpoint after the
 * well-known one, RFC 8414 (section 3.1) likewise with that of the issuer, and the forms of OpenID Connect. What is not
 * here is a real 404: a root document would make clients take every endpoint on this origin for one of OAuth.
 */
export function createWellKnown(
  publicUrl: string,
  {
    findProtected,
    findBySlug,
    capabilities,
  }: Pick<AuthorizationServer, 'findProtected' | 'findBySlug' | 'capabilities'>,
): Router {
  const router = express.Router();
  /** Metadata of an address with a short name is that of the address by id: tokens are bound to the id. */
  const idOf = async (word: string): Promise<string> => (isUuid(word) ? word : ((await findBySlug(word)) ?? word));
  const answer =
    (
      toDocument: (deployment: ProtectedDeployment) => object | Promise<object>,
    ): RequestHandler<{ id: string; view?: string }> =>
    async (req, res, next) => {
      const deployment = await findProtected(await idOf(req.params.id), req.params.view);
      if (!deployment) return next();
      res.set('Cache-Control', CACHE).json(await toDocument(deployment));
    };

  const resource = answer((deployment) => resourceMetadata(publicUrl, deployment));
  const resources = [resourcePath(':id'), resourcePath(':id', ':view')];
  const resourcesAt = resources.map((path) => `/.well-known/oauth-protected-resource${path}`);
  router.get(
    resourcesAt.flatMap((path) => [path, `${path}/sse`]),
    resource,
  );

  const issuers = [issuerPath(':id'), issuerPath(':id', ':view')];
  const oauth = ['/.well-known/oauth-authorization-server'];
  const openId = ['/.well-known/openid-configuration'];
  router.get(
    at(oauth, issuers),
    answer(async (deployment) => serverMetadata(publicUrl, deployment, await capabilities())),
  );
  router.get(
    at(openId, issuers),
    answer(async (deployment) => openIdMetadata(publicUrl, deployment, await capabilities())),
  );
  router.get(
    issuers.map((issuer) => `${issuer}/jwks`),
    answer(() => ({ keys: [] })),
  );
  return router;
}

/** Before the issuer's path, as RFC 8414 has it, and after it, as OpenID Connect has it. */
const at = (wellKnown: readonly string[], issuers: readonly string[]): string[] =>
  wellKnown.flatMap((one) => issuers.flatMap((issuer) => [one + issuer, issuer + one]));
