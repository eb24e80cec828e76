import express, { type Request, type RequestHandler, type Router } from 'express';
import { networkOf } from '#server/domain/network.ts';
import type { AuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import type { RateLimit } from '../rate-limit.ts';
import { sendError } from '../send-error.ts';
import { createAuthorize } from './authorize.ts';
import { allowAnyOrigin } from './cors.ts';
import { createTokenEndpoint } from './token-endpoint.ts';
import { createWellKnown } from './well-known.ts';

export type OAuthRoutesOptions = {
  publicUrl: string;
  server: AuthorizationServer;
  /** Counted by address: unregistered programs send requests here. */
  rateLimit: RequestHandler;
  registrations: RateLimit;
  addressOf: (req: Request) => string;
};

export type OAuthRoutes = {
  /** For programs, from any origin: to be mounted before origins are checked. */
  programs: Router;
  /** For people who are sent here by a client. */
  people: Router;
};

/** The paths for programs; the consent page and the authorization endpoint below the issuer are not among them. */
const PROGRAM_PATHS = /^\/(\.well-known\/|oauth\/[^/]+(\/v\/[^/]+)?\/(token|register|revoke|jwks|\.well-known)(\/|$))/;

export const isProgramPath = (path: string): boolean => PROGRAM_PATHS.test(path);

export function createOAuthRoutes(options: OAuthRoutesOptions): OAuthRoutes {
  const { publicUrl, server, rateLimit } = options;
  const limitRegistration: RequestHandler = async (req, res, next) => {
    const seconds = await options.registrations.consume(`register ${networkOf(options.addressOf(req))}`);
    if (seconds === null) return next();
    const message = `Too many registrations. Wait ${seconds} s.`;
    sendError(req, res, { status: 429, code: 'LIMIT_REACHED', message, retryAfterSeconds: seconds });
  };

  const programs = express.Router();
  programs.use(allowAnyOrigin, rateLimit);
  programs.use(createWellKnown(publicUrl, server));
  programs.use(createTokenEndpoint({ publicUrl, server, limitRegistration, addressOf: options.addressOf }));
  programs.use((req, res) => sendError(req, res, { status: 404, code: 'NOT_FOUND', message: 'Nothing is here.' }));

  const people = express.Router();
  people.use('/oauth/', rateLimit);
  people.use(createAuthorize({ publicUrl, server }));
  return { programs, people };
}
