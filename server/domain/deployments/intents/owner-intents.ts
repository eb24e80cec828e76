import type { Transaction } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { endRightsOf } from '#server/domain/sharing/end-rights.ts';
import { leaveTeams } from '#server/domain/sharing/leave-teams.ts';
import { deletion, stop } from './desired-states.ts';
import { writeIntent } from './intent.ts';
import type { IntentDeps } from './intent-deps.ts';

/**
 * Intents for every deployment of one owner, within the transaction that locks or deletes the owner. The caller holds
 * the lock of the owner's row, so that no deployment is added in between.
 */
export interface OwnerIntents {
  /**
   * Ends the person's clients and tokens at deployments of others. With `deletes` the person's own values, shares and
   * teams go too.
   */
  leaveAll(tx: Transaction, actor: Actor, userId: string, options: { deletes: boolean }): Promise<void>;
  /** Stops every machine of the owner. */
  stopAll(tx: Transaction, actor: Actor, ownerId: string): Promise<void>;
  /** Deletes every deployment of the owner; rows go once their machines are confirmed gone. */
  deleteAll(tx: Transaction, actor: Actor, ownerId: string): Promise<void>;
}

export function createOwnerIntents(deps: Pick<IntentDeps, 'events' | 'admitMachine' | 'now'>): OwnerIntents {
  const lockAll = async (tx: Transaction, ownerId: string) => {
    await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "ownerId" = ${ownerId} ORDER BY "id" FOR UPDATE`;
    return tx.deployment.findMany({ where: { ownerId, desired: { not: 'DELETED' } }, orderBy: { id: 'asc' } });
  };
  return {
    leaveAll: async (tx, actor, userId, { deletes }) => {
      if (deletes) {
        const held = await tx.personalValues.findMany({ where: { userId }, select: { deploymentId: true } });
        await tx.personalValues.deleteMany({ where: { userId } });
        for (const { deploymentId } of held) await deps.events.publish(tx, 'access', deploymentId);
      }
      await endRightsOf(deps, tx, actor, userId);
      if (!deletes) return;
      await tx.share.deleteMany({ where: { userId } });
      await leaveTeams(tx, userId);
    },
    stopAll: async (tx, actor, ownerId) => {
      for (const deployment of await lockAll(tx, ownerId)) {
        if (deployment.desired === 'STOPPED') continue;
        await writeIntent(deps, tx, deployment, stop(deployment));
        await writeAudit(tx, { actor, ownerId }, { type: 'deployment.stopped' }, deployment.id);
      }
    },
    deleteAll: async (tx, actor, ownerId) => {
      for (const deployment of await lockAll(tx, ownerId)) {
        await writeIntent(deps, tx, deployment, deletion());
        await writeAudit(tx, { actor, ownerId }, { type: 'deployment.deleted' }, deployment.id);
      }
    },
  };
}
