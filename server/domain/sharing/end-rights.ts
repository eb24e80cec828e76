import type { Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { auditDeployment, writeAudit } from '#server/domain/audit/audit.ts';
import type { Events } from '#server/domain/events.ts';
import { includesRole, readRoles } from '#server/domain/reach.ts';

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

/** Revokes access tokens and machine clients, which their makers know. */
async function revokeMade(
  { events, now }: Deps,
  tx: Transaction,
  actor: Actor,
  which: { tokens: Prisma.AccessTokenWhereInput; clients: Prisma.OAuthClientWhereInput },
): Promise<void> {
  const revokedAt = now();
  const select = { id: true, name: true, deployment: { select: { id: true, ownerId: true } } } as const;
  const tokens = await tx.accessToken.findMany({
    where: { ...which.tokens, revokedAt: null },
    select: { ...select, kind: true },
  });
  await tx.accessToken.updateMany({ where: { id: { in: tokens.map(({ id }) => id) } }, data: { revokedAt } });
  await tx.personalValues.deleteMany({ where: { accessTokenId: { in: tokens.map(({ id }) => id) } } });
  for (const { id, name, kind, deployment } of tokens) {
    if (kind === 'USER')
      await auditDeployment(tx, actor, deployment, { type: 'access-token.revoked', tokenId: id, name });
    await events.publish(tx, 'access', deployment.id);
  }
  const clients = await tx.oAuthClient.findMany({
    where: { ...which.clients, source: 'MACHINE', revokedAt: null },
    select,
  });
  const clientIds = clients.map(({ id }) => id);
  await tx.oAuthClient.updateMany({ where: { id: { in: clientIds } }, data: { revokedAt } });
  await tx.oAuthGrant.updateMany({
    where: { connection: { clientId: { in: clientIds } }, revokedAt: null },
    data: { revokedAt },
  });
  for (const { id, name, deployment } of clients) {
    if (deployment === null) continue;
    await auditDeployment(tx, actor, deployment, { type: 'machine-client.revoked', clientId: id, name });
    await events.publish(tx, 'access', deployment.id);
  }
}

/** People other than the owner who have anything at a deployment: clients, values, tokens, or a code to connect with. */
async function findHolders(tx: Transaction, deploymentId: string, ownerId: string): Promise<string[]> {
  const others = { deploymentId, userId: { not: ownerId } };
  const select = { userId: true } as const;
  const made = { deploymentId, revokedAt: null, makerId: { not: null } };
  const rows = [
    ...(await tx.oAuthConnection.findMany({ where: others, select })),
    ...(await tx.oAuthCode.findMany({ where: { ...others, redeemedAt: null }, select })),
    ...(await tx.personalValues.findMany({ where: others, select })),
  ];
  const makers = [
    ...(await tx.accessToken.findMany({ where: made, select: { makerId: true } })),
    ...(await tx.oAuthClient.findMany({ where: made, select: { makerId: true } })),
  ];
  const ids = [...rows.map(({ userId }) => userId), ...makers.map(({ makerId }) => makerId)];
  return [...new Set(ids)].filter((id): id is string => id !== null && id !== ownerId);
}

/**
 * Those who would lose what they hold at a deployment with a kind of access: the shares that let people use it alone need
 * OAuth, which alone knows people.
 */
export async function findLosers(
  tx: Transaction,
  deploymentId: string,
  isOAuth: boolean,
): Promise<{ users: string[]; operators: string[]; owners: string[] }> {
  const roles = await readRoles(tx, deploymentId);
  if (roles === null) return { users: [], operators: [], owners: [] };
  const holders = await findHolders(tx, deploymentId, roles.ownerId);
  const without = (role: 'USE' | 'OPERATE' | 'OWN') => holders.filter((id) => !includesRole(roles.roleOf(id), role));
  return { users: without(isOAuth ? 'USE' : 'OPERATE'), operators: without('OPERATE'), owners: without('OWN') };
}

/**
 * After a change of the shares, teams or access of a deployment: ends the clients, codes, values, tokens and streams of
 * people whose role no longer suffices for them. Every instance does so with the message.
 */
export async function endLostRights(deps: Deps, tx: Transaction, actor: Actor, deploymentId: string): Promise<void> {
  const { access } = await tx.deployment.findUniqueOrThrow({ where: { id: deploymentId }, select: { access: true } });
  const { users, operators, owners } = await findLosers(tx, deploymentId, access === 'OAUTH');
  const theirs = { deploymentId, userId: { in: users } };
  await tx.oAuthCode.deleteMany({ where: { ...theirs, redeemedAt: null } });
  await endConnections(deps, tx, actor, theirs);
  await tx.personalValues.deleteMany({ where: theirs });
  await revokeMade(deps, tx, actor, {
    tokens: {
      deploymentId,
      OR: [
        { kind: 'USER', makerId: { in: owners } },
        { kind: 'PLAYGROUND', makerId: { in: operators } },
      ],
    },
    clients: { deploymentId, makerId: { in: owners } },
  });
  await deps.events.publish(tx, 'access', deploymentId);
  await deps.events.publish(tx, 'deployment', deploymentId);
}

/** Disconnects a person's clients from a deployment. */
export const disconnectFrom = (
  deps: Deps,
  tx: Transaction,
  actor: Actor,
  userId: string,
  deploymentId: string,
): Promise<void> => endConnections(deps, tx, actor, { userId, deploymentId });

/** Ends everything that a person can call deployments of others with. */
export async function endRightsOf(deps: Deps, tx: Transaction, actor: Actor, userId: string): Promise<void> {
  const ofOthers = { deployment: { ownerId: { not: userId } } };
  await endConnections(deps, tx, actor, { userId, ...ofOthers });
  const made = { makerId: userId, ...ofOthers };
  await revokeMade(deps, tx, actor, { tokens: made, clients: made });
}
