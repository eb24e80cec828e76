import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { networkOf } from '#server/domain/network.ts';
import type { AuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import type { Client } from '#server/domain/oauth/client.ts';
import { type PresentedClient, readBasic } from '#server/domain/oauth/client-authentication.ts';
import { OAuthError } from '#server/domain/oauth/errors.ts';
import { addressesOf, isResource, issuerPath } from '#server/domain/oauth/names.ts';
import type { ProtectedDeployment } from '#server/domain/oauth/protected-deployment.ts';
import { JWT_BEARER } from './metadata.ts';

const BODY_BYTES_MAX = 64 * 1024;

/** One value each (RFC 6749, section 3.2); an empty one counts as none. */
const text = z
  .string()
  .max(8_000)
  .optional()
  .transform((value) => value || null);
const requestSchema = z.object({
  grant_type: text,
  client_id: text,
  client_secret: text,
  client_assertion_type: text,
  client_assertion: text,
  code: text,
  code_verifier: text,
  redirect_uri: text,
  refresh_token: text,
  token: text,
  assertion: text,
  /** RFC 8707 lets it come several times. */
  resource: z.union([z.string().max(2_000), z.array(z.string().max(2_000)).max(10)]).optional(),
});
type TokenRequest = z.infer<typeof requestSchema>;

/** The endpoints that programs call: registration (RFC 7591), tokens (RFC 6749, section 3.2) and revocation (RFC 7009). */
export function createTokenEndpoint(options: {
  publicUrl: string;
  server: AuthorizationServer;
  limitRegistration: RequestHandler;
  addressOf: (req: Request) => string;
}): Router {
  const { publicUrl, server } = options;
  const router = express.Router();
  const at = (endpoint: string) => [issuerPath(':id'), issuerPath(':id', ':view')].map((issuer) => issuer + endpoint);
  const find = ({ params: { id, view } }: Request) =>
    server.findProtected(String(id), view === undefined ? null : String(view));
  router.use('/oauth/', (_req, res, next) => {
    res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    next();
  });

  router.post(
    at('/register'),
    options.limitRegistration,
    express.json({ limit: BODY_BYTES_MAX, type: () => true, inflate: false }),
    async (req, res, next) => {
      if (!(await find(req))) return next();
      res.status(201).json(await server.register(req.body, networkOf(options.addressOf(req))));
    },
  );

  /** Checks that both routes share: a deployment of OAuth, a readable form, and an authenticated client. */
  const forClient =
    (
      handle: (deployment: ProtectedDeployment, client: Client, request: TokenRequest) => Promise<object>,
    ): RequestHandler =>
    async (req, res, next) => {
      const deployment = await find(req);
      if (!deployment) return next();
      const { data: request } = requestSchema.safeParse(req.body ?? {});
      if (!request) throw new OAuthError('invalid_request', 'The form cannot be read, or names a parameter twice.');
      const { issuer: audience, token } = addressesOf(publicUrl, deployment);
      const presented = readPresented(req.headers.authorization, request);
      const client = await server.authenticateClient(presented, [audience, token]);
      res.json(await handle(deployment, client, request));
    };
  const form = express.urlencoded({ extended: false, limit: BODY_BYTES_MAX, inflate: false });

  router.post(
    at('/token'),
    form,
    forClient(async (deployment, client, request) => {
      const { id: deploymentId, view } = deployment;
      const resources = [request.resource ?? []].flat();
      if (!resources.every((one) => isResource(publicUrl, deploymentId, one, view?.name))) {
        const { resource } = addressesOf(publicUrl, deployment);
        throw new OAuthError('invalid_target', `The resource must be ${resource}.`);
      }
      switch (request.grant_type) {
        case 'authorization_code': {
          const { code, code_verifier: codeVerifier, redirect_uri: redirectUri } = request;
          if (code === null || codeVerifier === null) {
            throw new OAuthError('invalid_request', 'code and code_verifier are required.');
          }
          return server.tokens.redeem(deploymentId, client, { code, codeVerifier, redirectUri }, view);
        }
        case 'refresh_token':
          if (request.refresh_token === null) throw new OAuthError('invalid_request', 'refresh_token is required.');
          return server.tokens.refresh(deploymentId, client, request.refresh_token, view);
        case 'client_credentials':
          return server.machineTokens.forClient(deployment, client);
        case JWT_BEARER:
          if (request.assertion === null) throw new OAuthError('invalid_request', 'assertion is required.');
          return server.machineTokens.forAssertion(deployment, client, request.assertion);
        default: {
          const known = 'authorization_code, refresh_token, client_credentials or that of RFC 7523';
          throw new OAuthError('unsupported_grant_type', `grant_type must be ${known}.`);
        }
      }
    }),
  );

  router.post(
    at('/revoke'),
    form,
    forClient(async ({ id: deploymentId }, client, { token }) => {
      if (token === null) throw new OAuthError('invalid_request', 'token is required.');
      await server.tokens.revoke(deploymentId, client, token);
      return {};
    }),
  );

  router.use('/oauth/', answerError);
  return router;
}

function readPresented(authorization: string | undefined, request: TokenRequest): PresentedClient {
  const { client_id: clientId, client_secret: secret, client_assertion: jwt, client_assertion_type: type } = request;
  const assertion = jwt === null ? null : { jwt, type: type ?? '' };
  if (authorization === undefined) return { clientId, secret, assertion };
  const basic = readBasic(authorization);
  if (basic === null) throw new OAuthError('invalid_client', 'The Authorization header cannot be read.');
  const isTwice = assertion !== null || secret !== null || (clientId !== null && clientId !== basic.clientId);
  if (isTwice) throw new OAuthError('invalid_request', 'A client proves itself in one way at a time.');
  return { ...basic, assertion };
}

/** RFC 6749, section 5.2, and RFC 7591, section 3.2.2. */
const answerError: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  const oauthError = error instanceof OAuthError ? error : toOAuthError(error);
  if (oauthError === null) return next(error);
  const { code, message, status } = oauthError;
  if (status === 401) res.set('WWW-Authenticate', `Basic realm="Catwalk", error="${code}"`);
  if (status === 503) res.set('Retry-After', '60');
  res.status(status).json({ error: code, error_description: message });
};

/** Body parsers report what they cannot read with a status of 4xx. */
const toOAuthError = (error: unknown): OAuthError | null =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
    ? new OAuthError('invalid_request', 'The body of the request cannot be read.')
    : null;
