import type { Events } from '#server/domain/events.ts';
import { type AuthorizationServer, createAuthorizationServer } from '#server/domain/oauth/authorization-server.ts';
import { createLiveGrants } from '#server/domain/oauth/live-grants.ts';
import { createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import type { Env } from '../env.ts';
import type { OAuthAuthority } from '../mcp/access.ts';
import { createOAuthAuthority } from '../mcp/oauth-authority.ts';
import type { Storage } from './storage.ts';

export type OAuthWiring = {
  publicUrl: string;
  storage: Storage;
  events: Events;
  clock: () => Date;
  /** How long grants are believed to live while the database is away. */
  outageMsMax: number;
  /** Origins whose client documents may be fetched although they are not public; tests name their own. */
  trustedDocumentOrigins: readonly string[];
  env: Pick<Env, 'CLIENT_DOCUMENTS' | 'HTTPS_PROXY' | 'NO_PROXY' | 'MCP_REGISTRY_URL'>;
};

/** OAuth for MCP clients: the server that lets them in, and the authority that the endpoint asks. */
export function openOAuth(wiring: OAuthWiring): {
  server: AuthorizationServer;
  authority: OAuthAuthority;
  close(): Promise<void>;
} {
  const { publicUrl, storage, events, clock, trustedDocumentOrigins: trustedOrigins, outageMsMax, env } = wiring;
  const { prisma, transaction } = storage.database;
  const nowMs = () => clock().getTime();
  const { fetch, close: closeFetch } = createSafeFetch(
    trustedOrigins,
    env.HTTPS_PROXY ? { url: env.HTTPS_PROXY.reveal(), noProxy: env.NO_PROXY ?? '' } : null,
  );
  const { authSecret } = storage;
  const server = createAuthorizationServer({
    prisma,
    transaction,
    events,
    publicUrl,
    authSecret,
    fetch,
    trustedOrigins,
    documents: { mode: env.CLIENT_DOCUMENTS, probeUrl: env.MCP_REGISTRY_URL },
    clock,
  });
  const grants = createLiveGrants({ prisma, events, nowMs });
  const { accessTokens } = server;
  return {
    server,
    authority: createOAuthAuthority({ publicUrl, accessTokens, grants, nowMs, outageMsMax }),
    close: async () => {
      grants.close();
      await closeFetch();
    },
  };
}
