import type { Transaction } from '#prisma/client.ts';
import type { Deployment, Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { Events } from '#server/domain/events.ts';

type Deps = { events: Pick<Events, 'publish'>; now: () => Date };

/** Ends what clients of these connections were given. Open streams and children end with the message. */
async function endConnections(
  { events, now }: Deps,
  tx: Transaction,
  actor: Actor,
  where: Prisma.OAuthConnectionWhereInput,
): Promise<void> {
  const connections = await tx.oAuthConnection.findMany({
    where,
    select: { id: true, deploymentId: true, userId: true, clientId: true, client: { select: { name: true } } },
  });
  for (const { id, deploymentId, userId, clientId, client } of connections) {
    // a code that was given and not redeemed yet would connect the client again
    await tx.oAuthCode.deleteMany({ where: { deploymentId, userId, clientId, redeemedAt: null } });
    const { count } = await tx.oAuthGrant.updateMany({
      where: { connectionId: id, revokedAt: null },
      data: { revokedAt: now() },
    });
    if (count === 0) continue;
    const entry = { type: 'client.revoked', clientId, name: client.name, reason: 'disconnected' } as const;
    await writeAudit(tx, { actor, ownerId: userId }, entry, deploymentId);
  }
  for (const id of new Set(connections.map(({ deploymentId }) => deploymentId))) await events.publish(tx, 'access', id);
}

/** The deployment is its owner's alone again: disconnects the clients of other people, and deletes these people's values. */
export async function endOthers(
  deps: Deps,
  tx: Transaction,
  actor: Actor,
  { id: deploymentId, ownerId }: Pick<Deployment, 'id' | 'ownerId'>,
): Promise<void> {
  const others = { deploymentId, userId: { not: ownerId } };
  await tx.oAuthCode.deleteMany({ where: { ...others, redeemedAt: null } });
  await endConnections(deps, tx, actor, others);
  await tx.personalValues.deleteMany({ where: others });
  await deps.events.publish(tx, 'access', deploymentId);
}

/** Disconnects a person's clients from a deployment, or from all that belong to others. */
export const leave = (
  deps: Deps,
  tx: Transaction,
  actor: Actor,
  userId: string,
  deploymentId: string | null,
): Promise<void> =>
  endConnections(deps, tx, actor, {
    userId,
    ...(deploymentId === null ? { deployment: { ownerId: { not: userId } } } : { deploymentId }),
  });
