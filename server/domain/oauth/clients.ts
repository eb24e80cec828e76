import type { JSONWebKeySet } from 'jose';
import type { PrismaClient } from '#prisma/client.ts';
import type { OAuthClient } from '#prisma/generated/client/client.ts';
import { type Client, isAuthMethod, type MachineTerms } from './client.ts';
import { type ClientDocuments, DocumentUnreachableError, isDocumentAddress } from './client-documents.ts';

/** Null when there is no such client; throws OAuthError when its document does not describe one. */
export type FindClient = (clientId: string) => Promise<Client | null>;

/** Clients by their id: those that registered, that an owner made, and whose id is the address of their document. */
export function createFindClient(prisma: PrismaClient, documents: ClientDocuments, clock: () => Date): FindClient {
  const kept = async (id: string) => {
    const live = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: clock() } }] };
    const row = await prisma.oAuthClient.findFirst({ where: { id, ...live } });
    return row && toClient(row);
  };
  return async (clientId) => {
    if (!isDocumentAddress(clientId)) return kept(clientId);
    try {
      return await documents.read(clientId);
    } catch (error) {
      // A connected client stays connected while the host of its document is away.
      const known = error instanceof DocumentUnreachableError ? await kept(clientId) : null;
      if (known) return known;
      throw error;
    }
  };
}

const toClient = ({ id, source, name, uri, redirectUris, jwksUri, secretHash, ...row }: OAuthClient): Client => ({
  id,
  source,
  name,
  uri,
  redirectUris,
  jwksUri,
  secretHash,
  authMethods: row.authMethods.filter(isAuthMethod),
  machine: toTerms(row),
});

const toTerms = ({
  grant,
  deploymentId,
  viewId,
  jwks,
  expiresAt,
}: Pick<OAuthClient, 'grant' | 'deploymentId' | 'viewId' | 'jwks' | 'expiresAt'>): MachineTerms | null =>
  grant === null || deploymentId === null
    ? null
    : // readPublicKeys checked the set before it was kept
      { grant, deploymentId, viewId, jwks: jwks as unknown as JSONWebKeySet | null, expiresAt };
