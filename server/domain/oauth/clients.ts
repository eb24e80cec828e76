import type { PrismaClient } from '#prisma/client.ts';
import type { OAuthClient } from '#prisma/generated/client/client.ts';
import { type Client, isAuthMethod } from './client.ts';
import { type ClientDocuments, DocumentUnreachableError, isDocumentAddress } from './client-documents.ts';

/** Null when there is no such client; throws OAuthError when its document does not describe one. */
export type FindClient = (clientId: string) => Promise<Client | null>;

/** Clients by their id: those that registered, and those whose id is the address of their document. */
export function createFindClient(prisma: PrismaClient, documents: ClientDocuments): FindClient {
  const kept = async (id: string) => {
    const row = await prisma.oAuthClient.findUnique({ where: { id } });
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

const toClient = ({ authMethods, ...row }: OAuthClient): Client => ({
  ...row,
  authMethods: authMethods.filter(isAuthMethod),
});
