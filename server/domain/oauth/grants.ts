import type { Transaction } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { Events } from '#server/domain/events.ts';
import type { Client } from './client.ts';

/** The parties of a grant: the user let the client into the deployment, or into one of its views. */
export type GrantParties = { deploymentId: string; viewId: string | null; userId: string; client: Client };

/** Begins a grant. A client whose id is its document's address gets its row here: before, it has none. */
export async function createGrant(
  tx: Transaction,
  { deploymentId, viewId, userId, client }: GrantParties,
  times: { createdAt: Date; expiresAt: Date },
): Promise<{ grantId: string; connectionId: string }> {
  const { createdAt } = times;
  const { id: clientId, redirectUris, authMethods, machine: _, ...rest } = client;
  const described = { ...rest, redirectUris: [...redirectUris], authMethods: [...authMethods], lastSeenAt: createdAt };
  await tx.oAuthClient.upsert({
    where: { id: clientId },
    create: { id: clientId, ...described, secretHash: null, createdAt },
    update: client.source === 'DOCUMENT' ? { ...described, secretHash: null } : { lastSeenAt: createdAt },
  });
  const key = { deploymentId, userId, clientId };
  // Connected again after it was disconnected: the earlier connection is over.
  await tx.oAuthConnection.deleteMany({
    where: { ...key, grants: { none: { revokedAt: null, expiresAt: { gt: createdAt } } } },
  });
  const connection = await tx.oAuthConnection.upsert({
    where: { deploymentId_userId_clientId: key },
    create: { ...key, createdAt, lastUsedAt: createdAt },
    update: { lastUsedAt: createdAt },
    select: { id: true },
  });
  const grant = await tx.oAuthGrant.create({
    data: { connectionId: connection.id, viewId, ...times },
    select: { id: true },
  });
  return { grantId: grant.id, connectionId: connection.id };
}

export type RevokeReason = 'disconnected' | 'client' | 'reused code' | 'reused refresh token';

/** Ends grants of one connection, on every instance, streams that are open included. Returns how many there were. */
export async function revokeGrants(
  tx: Transaction,
  events: Pick<Events, 'publish'>,
  which: { connectionId: string } | { id: string },
  by: { actor: Actor | 'system'; reason: RevokeReason; now: Date },
): Promise<number> {
  const revoked = await tx.oAuthGrant.updateManyAndReturn({
    where: { ...which, revokedAt: null },
    data: { revokedAt: by.now },
    select: {
      connection: { select: { deploymentId: true, userId: true, clientId: true, client: { select: { name: true } } } },
    },
  });
  const [first] = revoked;
  if (!first) return 0;
  const { deploymentId, userId, clientId, client } = first.connection;
  const entry = { type: 'client.revoked', clientId, name: client.name, reason: by.reason } as const;
  await writeAudit(tx, { actor: by.actor, ownerId: userId }, entry, deploymentId);
  await events.publish(tx, 'access', deploymentId);
  return revoked.length;
}
