import type { PrismaClient, Queryable, Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { ShareRole } from '#prisma/generated/client/enums.ts';
import { isUuid } from './access/uuid.ts';
import type { Actor } from './actor.ts';
import { notFound, UserError } from './errors.ts';

/**
 * The right of a person at a deployment, the only place that decides it. The owner has OWN; others have what the
 * deployment is shared with them as, by themselves, by a team, or with everyone.
 */
export type Role = ShareRole;

const ROLES: readonly Role[] = ['USE', 'OPERATE', 'OWN'];

const atLeast = (role: Role): Role[] => ROLES.slice(ROLES.indexOf(role));

export const includesRole = (held: Role | null, wanted: Role): boolean =>
  held !== null && atLeast(wanted).includes(held);

/** The highest of several roles; null for none. */
export const highestRole = (roles: readonly Role[]): Role | null =>
  ROLES.findLast((role) => roles.includes(role)) ?? null;

/** Shares by which a person has a role or a higher one. */
export const sharesFor = (userId: string, role: Role): Prisma.ShareWhereInput => ({
  role: { in: atLeast(role) },
  OR: [{ userId }, { team: { members: { some: { userId } } } }, { userId: null, teamId: null }],
});

/** Shares with which a deployment is in the lists of others. */
export const managing = { role: { in: atLeast('OPERATE') } } satisfies Prisma.ShareWhereInput;

/** Deployments at which a person has a role or a higher one. */
export const reachable = (userId: string, role: Role): { OR: Prisma.DeploymentWhereInput[] } => ({
  OR: [{ ownerId: userId }, { shares: { some: sharesFor(userId, role) } }],
});

/** The same for lists: an index finds each part, whatever the number of deployments. */
export async function listReachable(
  db: Pick<PrismaClient, 'share'>,
  userId: string,
  role: Role,
): Promise<Prisma.DeploymentWhereInput> {
  const shares = await db.share.findMany({ where: sharesFor(userId, role), select: { deploymentId: true } });
  if (shares.length === 0) return { ownerId: userId };
  return { OR: [{ ownerId: userId }, { id: { in: shares.map(({ deploymentId }) => deploymentId) } }] };
}

/** Deployments to which a person may connect a client with OAuth, which alone knows people. */
export const connectable = (userId: string): Prisma.DeploymentWhereInput => ({
  access: 'OAUTH',
  desired: { not: 'DELETED' },
  ...reachable(userId, 'USE'),
});

/** Throws NOT_FOUND for a deployment that the caller cannot reach, and FORBIDDEN where the role does not suffice. */
export async function requireRole(db: Queryable, actor: Actor, id: string, role: Role): Promise<void> {
  if (!isUuid(id)) throw notFound('The deployment');
  const held = await db.deployment.findFirst({
    where: { id, desired: { not: 'DELETED' }, ...reachable(actor.userId, 'USE') },
    select: { ownerId: true, shares: { where: sharesFor(actor.userId, 'USE'), select: { role: true } } },
  });
  if (held === null) throw notFound('The deployment');
  if (includesRole(roleIn(held, actor.userId), role)) return;
  const needed =
    role === 'OWN' ? 'Only owners of the deployment may do this.' : 'You may use this deployment, and not operate it.';
  throw new UserError('FORBIDDEN', needed, { hint: 'Ask an owner of the deployment for the role, under Access.' });
}

/** The role that a row gives, of which the person's own shares were read. */
export const roleIn = (row: { ownerId: string; shares: readonly { role: Role }[] }, userId: string): Role | null =>
  row.ownerId === userId ? 'OWN' : highestRole(row.shares.map(({ role }) => role));

/** Locks a deployment until the transaction ends, so that two changes take turns. Throws as `requireRole` does. */
export async function lockWithRole(tx: Transaction, actor: Actor, id: string, role: Role): Promise<void> {
  await requireRole(tx, actor, id, role); // before the lock: a stranger must not make others wait
  await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "id" = ${id}::uuid FOR UPDATE`;
  await requireRole(tx, actor, id, role); // the role may have ended while this waited
}

/**
 * The same before a right is given away, such as a token: a share that is ending at this moment is either gone by now, or
 * its end waits for this transaction and takes the right back.
 */
export async function requireRoleHeld(tx: Transaction, actor: Actor, id: string, role: Role): Promise<void> {
  await holdShares(tx, id);
  await requireRole(tx, actor, id, role);
}

/** Lets changes of the shares of a deployment wait for the end of this transaction. */
export async function holdShares(tx: Transaction, deploymentId: string): Promise<void> {
  if (isUuid(deploymentId))
    await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "id" = ${deploymentId}::uuid FOR KEY SHARE`;
}

/** Reads the roles of all people at a deployment; null for one that is gone. */
export async function readRoles(
  db: Queryable,
  deploymentId: string,
): Promise<{ ownerId: string; roleOf: (userId: string) => Role | null } | null> {
  const row = await db.deployment.findUnique({
    where: { id: deploymentId },
    select: {
      ownerId: true,
      shares: {
        select: { role: true, userId: true, teamId: true, team: { select: { members: { select: { userId: true } } } } },
      },
    },
  });
  if (row === null) return null;
  const { ownerId, shares } = row;
  const holds = (share: (typeof shares)[number], userId: string) =>
    share.userId === userId ||
    (share.userId === null && share.teamId === null) ||
    share.team?.members.some((member) => member.userId === userId);
  return {
    ownerId,
    roleOf: (userId) => roleIn({ ownerId, shares: shares.filter((share) => holds(share, userId)) }, userId),
  };
}
