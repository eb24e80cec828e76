import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import type { Events } from '#server/domain/events.ts';
import { createFindBySlug } from '#server/domain/find-by-slug.ts';
import type { SafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { type AccessTokens, createAccessTokens } from './access-token.ts';
import { type ReadRequest, readAuthorizationRequest } from './authorization-request.ts';
import { type AuthenticateClient, createAuthenticateClient } from './client-authentication.ts';
import { createClientDocuments, NO_CLIENT_DOCUMENTS } from './client-documents.ts';
import { createFindClient } from './clients.ts';
import { type ConnectionService, createConnectionService } from './connections.ts';
import { type ConsentService, createConsentService } from './consent.ts';
import { createDocumentReach, type DocumentMode } from './document-reach.ts';
import { createOAuthKeys } from './keys.ts';
import { createMachineClients, type MachineClientService } from './machine-clients.ts';
import { createMachineTokens, type MachineTokenService } from './machine-tokens.ts';
import { createFindProtected, type FindProtected, type ProtectedDeployment } from './protected-deployment.ts';
import { createRegistration } from './registration.ts';
import { createRemoteKeys } from './remote-keys.ts';
import { rememberUse } from './single-use.ts';
import { createTokenService, type TokenService } from './tokens.ts';
import { createTrustedIssuers, type TrustedIssuers } from './trusted-issuers.ts';

export type AuthorizationServerDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  publicUrl: string;
  authSecret: Secret;
  /** Guarded: it visits public addresses alone. */
  fetch: SafeFetch;
  /** Origins that the operator configured; issuers there may go without https. */
  trustedOrigins: readonly string[];
  documents: { mode: DocumentMode; probeUrl: string };
  clock: () => Date;
};

/** What the metadata may promise at present. */
export type Capabilities = { clientDocuments: boolean; identityAssertions: boolean };

/** The authorization server of every deployment (docs/oauth.md). */
export type AuthorizationServer = {
  findProtected: FindProtected;
  /** Id of the deployment that a short name in an address leads to; null for none. */
  findBySlug(slug: string): Promise<string | null>;
  /** `network`: of the caller, whose unused registrations are bounded. */
  register: (body: unknown, network: string) => Promise<Record<string, unknown>>;
  readRequest: (deployment: ProtectedDeployment, query: URLSearchParams) => Promise<ReadRequest>;
  authenticateClient: AuthenticateClient;
  consent: ConsentService;
  tokens: TokenService;
  machineClients: MachineClientService;
  machineTokens: MachineTokenService;
  trustedIssuers: TrustedIssuers;
  capabilities: () => Promise<Capabilities>;
  connections: ConnectionService;
  accessTokens: AccessTokens;
};

export function createAuthorizationServer(deps: AuthorizationServerDeps): AuthorizationServer {
  const { prisma, clock, fetch } = deps;
  const keys = createOAuthKeys(deps.authSecret);
  const nowMs = () => clock().getTime();
  const reach = createDocumentReach({ ...deps.documents, fetch, nowMs });
  const documents =
    deps.documents.mode === 'off'
      ? NO_CLIENT_DOCUMENTS
      : createClientDocuments({ fetch, nowMs, onUnreachable: reach.doubt });
  const findClient = createFindClient(prisma, documents, clock);
  const keysAt = createRemoteKeys(fetch);
  const issuers = createTrustedIssuers({
    ...deps,
    isTrustedOrigin: (origin) => deps.trustedOrigins.includes(origin),
  });
  const findProtected = createFindProtected(prisma);
  const accessTokens = createAccessTokens({ ...deps, keys });
  return {
    findProtected,
    findBySlug: createFindBySlug(prisma, clock),
    register: createRegistration({ prisma, keys, clock }),
    readRequest: (deployment, query) => readAuthorizationRequest({ ...deps, findClient }, deployment, query),
    authenticateClient: createAuthenticateClient({
      findClient,
      keysAt,
      rememberUse: (issuer, assertion) => rememberUse(prisma, issuer, assertion),
      clock,
    }),
    consent: createConsentService({ ...deps, keys, findClient, findProtected }),
    tokens: createTokenService({ ...deps, keys, accessTokens }),
    machineClients: createMachineClients(deps),
    machineTokens: createMachineTokens({ ...deps, accessTokens, keysAt, issuers }),
    trustedIssuers: issuers,
    capabilities: async () => {
      const [clientDocuments, identityAssertions] = await Promise.all([reach.canFetch(), issuers.hasAny()]);
      return { clientDocuments, identityAssertions };
    },
    connections: createConnectionService(deps),
    accessTokens,
  };
}
