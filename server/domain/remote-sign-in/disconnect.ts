import type { Actor } from '../actor.ts';
import { auditDeployment } from '../audit/audit.ts';
import { UserError } from '../errors.ts';
import { getRemoteUrl } from './begin.ts';
import { openConnection } from './connection.ts';
import { revoke } from './revoke.ts';
import type { SignInDeps } from './sign-in-deps.ts';

/** Forgets the tokens of a deployment, and revokes them where the authorization server lets one. @throws UserError */
export const createDisconnect =
  (deps: SignInDeps) =>
  async (actor: Actor, deploymentId: string): Promise<void> => {
    const { database, envelopes, events } = deps;
    await getRemoteUrl(database.prisma, actor, deploymentId);
    const row = await database.prisma.remoteConnection.findUnique({
      where: { deploymentId },
      include: { deployment: { select: { id: true, ownerId: true } } },
    });
    if (!row) throw new UserError('CONFLICT', 'The deployment is not connected.', { kind: 'conflict' });
    const content = await openConnection(envelopes, row);
    await database.transaction(async (tx) => {
      await tx.remoteConnection.deleteMany({ where: { deploymentId } });
      await events.publish(tx, 'remote', deploymentId);
      await events.publish(tx, 'deployment', deploymentId);
      const entry = { type: 'remote.disconnected', issuer: row.issuer } as const;
      await auditDeployment(tx, actor, row.deployment, entry);
    });
    await revoke(deps.fetch, content);
  };
