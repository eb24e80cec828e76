import type { Transaction } from '#prisma/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { auditDeployment, writeAudit } from '#server/domain/audit/audit.ts';
import type { AuditEntry } from '#server/domain/audit/entries.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { lockWithRole, type Role, requireRole } from '#server/domain/reach.ts';
import { readManagers } from './announce.ts';
import { endLostRights } from './end-rights.ts';
import { findOwnTeam, findPerson } from './find-person.ts';

/** Exactly one of a person by name or e-mail address, a team of the caller, and everyone here. */
export type ShareTarget = {
  person?: string | null | undefined;
  teamId?: string | null | undefined;
  everyone?: boolean | null | undefined;
};

export type SharingDeps = {
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  clock: () => Date;
};

export interface SharingService {
  /** Shares a deployment, or changes the role of those with whom it is shared. */
  share(actor: Actor, input: ShareTarget & { deploymentId: string; role: Role }): Promise<void>;
  /** Ends a share: what people had by it ends on every instance. Everyone may end the share with themselves. */
  unshare(actor: Actor, shareId: string): Promise<{ deploymentId: string }>;
}

const SHARES_MAX = 200;

export function createSharing({ transaction, events, clock }: SharingDeps): SharingService {
  /** Changes the shares of a locked deployment, ends what was lost by that, and notifies the lists that show it. */
  const change = async (tx: Transaction, actor: Actor, deploymentId: string, write: () => Promise<void>) => {
    const select = { id: true, ownerId: true, access: true } as const;
    const deployment = await tx.deployment.findUniqueOrThrow({ where: { id: deploymentId }, select });
    const before = await readManagers(tx, deployment);
    await write();
    await endLostRights({ events, now: clock }, tx, actor, deploymentId);
    const managers = new Set([...before, ...(await readManagers(tx, deployment))]);
    for (const userId of managers) await events.publish(tx, 'deployments', userId);
  };

  /** Records the change for the owner, the person who acted, and the person whom it is about. */
  const audit = async (
    tx: Transaction,
    actor: Actor,
    deployment: { id: string; ownerId: string },
    userId: string | null,
    entry: AuditEntry,
  ) => {
    await auditDeployment(tx, actor, deployment, entry);
    if (userId !== null && userId !== actor.userId && userId !== deployment.ownerId)
      await writeAudit(tx, { actor, ownerId: userId }, entry, deployment.id);
  };

  return {
    share: (actor, { deploymentId, role, ...target }) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        await requireRole(tx, actor, deploymentId, 'OWN');
        const holder = await findHolder(tx, actor, target);
        await lockWithRole(tx, actor, deploymentId, 'OWN');
        const deployment = await tx.deployment.findUniqueOrThrow({
          where: { id: deploymentId },
          select: { id: true, ownerId: true, access: true },
        });
        const { userId, teamId, name } = holder;
        if (userId === deployment.ownerId)
          throw new UserError('CONFLICT', 'The deployment belongs to this person.', { kind: 'conflict' });
        if (role === 'USE' && deployment.access !== 'OAUTH')
          throw new UserError('CONFLICT', 'Only an endpoint with OAuth knows people.', {
            kind: 'conflict',
            hint: 'Set the access of the deployment to OAuth, or let the person operate it.',
          });
        if (userId === null && teamId === null && role !== 'USE') {
          const message = 'Everyone can only use a deployment.';
          throw invalidInput(message, [{ field: 'role', message }], 'Choose the people or a team who may manage it.');
        }
        if ((await tx.share.count({ where: { deploymentId } })) >= SHARES_MAX)
          throw new UserError('LIMIT_REACHED', `A deployment has at most ${SHARES_MAX} shares.`, {
            kind: 'limit',
            hint: 'Make a team of the people.',
          });
        await change(tx, actor, deploymentId, async () => {
          const { count } = await tx.share.updateMany({ where: { deploymentId, userId, teamId }, data: { role } });
          if (count === 0) await tx.share.create({ data: { deploymentId, userId, teamId, role, createdAt: clock() } });
        });
        await audit(tx, actor, deployment, userId, { type: 'deployment.shared', with: name, role });
      });
    },

    unshare: (actor, shareId) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        const where = { id: shareId };
        const select = { deploymentId: true, userId: true } as const;
        const found = isUuid(shareId) ? await tx.share.findUnique({ where, select }) : null;
        if (found === null) throw notFound('The share');
        const { deploymentId } = found;
        const isOwn = found.userId === actor.userId;
        try {
          await lockWithRole(tx, actor, deploymentId, isOwn ? 'USE' : 'OWN');
        } catch (error) {
          if (error instanceof UserError && error.code === 'NOT_FOUND') throw notFound('The share');
          throw error;
        }
        const share = await tx.share.findUnique({
          where,
          include: {
            user: { select: { name: true } },
            team: { select: { name: true } },
            deployment: { select: { id: true, ownerId: true } },
          },
        });
        if (share === null) throw notFound('The share'); // ended while this one waited
        const { user, team, role, deployment, userId } = share;
        await change(tx, actor, deploymentId, async () => {
          await tx.share.delete({ where });
        });
        const name = user?.name ?? team?.name ?? EVERYONE;
        await audit(tx, actor, deployment, userId, { type: 'deployment.unshared', with: name, role });
        return { deploymentId };
      });
    },
  };
}

const EVERYONE = 'everyone';

type Holder = { userId: string | null; teamId: string | null; name: string };

async function findHolder(tx: Transaction, actor: Actor, { person, teamId, everyone }: ShareTarget): Promise<Holder> {
  if ([person != null, teamId != null, everyone === true].filter(Boolean).length !== 1) {
    const message = 'Name a person, a team, or everyone.';
    throw invalidInput(message, [{ field: 'person', message }]);
  }
  if (person != null) {
    const { id, name } = await findPerson(tx, person);
    return { userId: id, teamId: null, name };
  }
  if (teamId == null) return { userId: null, teamId: null, name: EVERYONE };
  if (!isUuid(teamId)) throw notFound('The team');
  // Locked before the deployment, in the order of a change of the team.
  await tx.$queryRaw`SELECT 1 FROM "Team" WHERE "id" = ${teamId}::uuid FOR KEY SHARE`;
  const { id, name } = await findOwnTeam(tx, actor.userId, teamId);
  return { userId: null, teamId: id, name };
}
