import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { Events } from '#server/domain/events.ts';
import type { SafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { type AccessTokens, createAccessTokens } from './access-token.ts';
import { type ReadRequest, readAuthorizationRequest } from './authorization-request.ts';
import { type AuthenticateClient, createAuthenticateClient } from './client-authentication.ts';
import { createClientDocuments } from './client-documents.ts';
import { createFindClient } from './clients.ts';
import { type ConnectionService, createConnectionService } from './connections.ts';
import { type ConsentService, createConsentService } from './consent.ts';
import { createOAuthKeys } from './keys.ts';
import { createFindProtected, type FindProtected, type ProtectedDeployment } from './protected-deployment.ts';
import { createRegistration } from './registration.ts';
import { createTokenService, type TokenService } from './tokens.ts';

export type AuthorizationServerDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  publicUrl: string;
  authSecret: Secret;
  /** Guarded: it visits public addresses alone. */
  fetch: SafeFetch;
  clock: () => Date;
};

/** The authorization server of every deployment (docs/oauth.md). */
export type AuthorizationServer = {
  findProtected: FindProtected;
  /** `network`: of the caller, whose unused registrations are bounded. */
  register: (body: unknown, network: string) => Promise<Record<string, unknown>>;
  readRequest: (deployment: ProtectedDeployment, query: URLSearchParams) => Promise<ReadRequest>;
  authenticateClient: AuthenticateClient;
  consent: ConsentService;
  tokens: TokenService;
  connections: ConnectionService;
  accessTokens: AccessTokens;
};

export function createAuthorizationServer(deps: AuthorizationServerDeps): AuthorizationServer {
  const { prisma, clock, fetch } = deps;
  const keys = createOAuthKeys(deps.authSecret);
  const documents = createClientDocuments({ fetch, nowMs: () => clock().getTime() });
  const findClient = createFindClient(prisma, documents);
  const findProtected = createFindProtected(prisma);
  const accessTokens = createAccessTokens({ ...deps, keys });
  return {
    findProtected,
    register: createRegistration({ prisma, keys, clock }),
    readRequest: (deployment, query) => readAuthorizationRequest({ ...deps, findClient }, deployment, query),
    authenticateClient: createAuthenticateClient({ findClient, fetch, clock }),
    consent: createConsentService({ ...deps, keys, findClient, findProtected }),
    tokens: createTokenService({ ...deps, keys, accessTokens }),
    connections: createConnectionService(deps),
    accessTokens,
  };
}
