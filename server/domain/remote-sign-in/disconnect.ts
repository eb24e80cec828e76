import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/audit.ts';
import { UserError } from '../errors.ts';
import { getRemoteUrl } from './begin.ts';
import { type ConnectionContent, openConnection } from './connection.ts';
import { createLimitedFetch } from './limited-fetch.ts';
import type { SignInDeps } from './sign-in-deps.ts';

/** Tells the authorization server that the tokens are not needed any more (RFC 7009); it may be away. */
async function revoke({ fetch }: SignInDeps, content: ConnectionContent): Promise<void> {
  const { endpoints, client, refreshToken, accessToken } = content;
  if (endpoints.revocation_endpoint === undefined || !URL.canParse(endpoints.revocation_endpoint)) return;
  const { client_id: id, client_secret: secret } = client;
  const body = new URLSearchParams({ token: refreshToken ?? accessToken, client_id: id });
  if (secret !== undefined) body.set('client_secret', secret);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await createLimitedFetch(fetch)(endpoints.revocation_endpoint, { method: 'POST', headers, body }).catch(() => {});
}

/** Forgets the tokens of a deployment, and revokes them where the authorization server lets one. @throws UserError */
export const createDisconnect =
  (deps: SignInDeps) =>
  async (actor: Actor, deploymentId: string): Promise<void> => {
    const { database, envelopes, events } = deps;
    await getRemoteUrl(database.prisma, actor, deploymentId);
    const row = await database.prisma.remoteConnection.findUnique({ where: { deploymentId } });
    if (!row) throw new UserError('CONFLICT', 'The deployment is not connected.', { kind: 'conflict' });
    const content = await openConnection(envelopes, row);
    await database.transaction(async (tx) => {
      await tx.remoteConnection.deleteMany({ where: { deploymentId } });
      await events.publish(tx, 'remote', deploymentId);
      await events.publish(tx, 'deployment', deploymentId);
      const entry = { type: 'remote.disconnected', issuer: row.issuer } as const;
      await writeAudit(tx, { actor, ownerId: actor.userId }, entry, deploymentId);
    });
    await revoke(deps, content);
  };
