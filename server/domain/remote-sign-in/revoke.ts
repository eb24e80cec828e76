import type { Database } from '#prisma/client.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { type ConnectionContent, openConnection } from './connection.ts';
import { createLimitedFetch } from './limited-fetch.ts';

/**
 * Tells the authorization server that the tokens are not needed any more (RFC 7009, section 2.1), where its metadata
 * names an address for that. It may be away: then the tokens end by themselves. Takes ten seconds at most.
 */
export async function revoke(fetch: SafeFetch, content: ConnectionContent): Promise<void> {
  const { endpoints, client, refreshToken, accessToken } = content;
  if (endpoints.revocation_endpoint === undefined || !URL.canParse(endpoints.revocation_endpoint)) return;
  const { client_id: id, client_secret: secret } = client;
  const body = new URLSearchParams({ token: refreshToken ?? accessToken, client_id: id });
  if (secret !== undefined) body.set('client_secret', secret);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await createLimitedFetch(fetch)(endpoints.revocation_endpoint, { method: 'POST', headers, body }).catch(() => {});
}

/** Revokes the tokens of a deployment whose row is about to go, in no transaction. It may run again. */
export const createRevokeLast =
  ({ database, envelopes, fetch }: { database: Pick<Database, 'prisma'>; envelopes: Envelopes; fetch: SafeFetch }) =>
  async (deploymentId: string): Promise<void> => {
    const row = await database.prisma.remoteConnection.findUnique({ where: { deploymentId } });
    const content = row && (await openConnection(envelopes, row).catch(() => null)); // sealed with a lost key
    if (content) await revoke(fetch, content);
  };
