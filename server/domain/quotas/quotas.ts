import type { PrismaClient, Transaction } from '#prisma/client.ts';
import { UserError } from '../errors.ts';
import { type QuotaLimits, readLimits } from './limits.ts';
import { countAnalyses, countMachines, HOLDS_MACHINE, type QuotaUsage, readUsage } from './usage.ts';

/** The limits of one user. Each `admit` belongs into the transaction of what it admits, and throws LIMIT_REACHED. */
export interface Quotas {
  /** `deploymentId` null: a new deployment. One that holds a machine already takes no further place. */
  admitMachine(tx: Transaction, userId: string, deploymentId: string | null): Promise<void>;
  admitAnalysis(tx: Transaction, userId: string): Promise<void>;
  read(userId: string): Promise<{ usage: QuotaUsage; limits: QuotaLimits }>;
}

const DEPLOYMENTS_MAX = 2_000;

export type QuotaDeps = { prisma: PrismaClient; defaults: QuotaLimits; clock: () => Date };

export function createQuotas({ prisma, defaults, clock }: QuotaDeps): Quotas {
  return {
    admitMachine: async (tx, userId, deploymentId) => {
      await lockActiveUser(tx, userId);
      if (deploymentId !== null && (await tx.deployment.count({ where: { id: deploymentId, ...HOLDS_MACHINE } })) > 0) {
        return;
      }
      await refuseHeaps(tx, userId, deploymentId);
      const { machines: max } = await readLimits(tx, defaults);
      const used = await countMachines(tx, userId);
      if (used < max) return;
      const leaving = await tx.deployment.count({ where: { ownerId: userId, desired: 'DELETED' } });
      throw limitReached(
        `All of your ${max} machines are in use.`,
        leaving > 0
          ? 'One is being deleted: try again in a moment.'
          : 'Delete a deployment that you no longer need, or ask the administrator for more.',
        leaving > 0,
      );
    },
    admitAnalysis: async (tx, userId) => {
      await lockActiveUser(tx, userId);
      const { analysesPerDay: max } = await readLimits(tx, defaults);
      const used = await countAnalyses(tx, userId, clock());
      if (used < max) return;
      throw limitReached(
        `You have begun ${used} analyses today, and ${max} a day are allowed.`,
        'Go on after midnight UTC, or ask the administrator for more. What was analyzed before still opens.',
      );
    },
    read: async (userId) => ({
      usage: await readUsage(prisma, userId, clock()),
      limits: await readLimits(prisma, defaults),
    }),
  };
}

/** Those that failed hold no machine, and would pile up for ever. */
async function refuseHeaps(tx: Transaction, userId: string, deploymentId: string | null): Promise<void> {
  if (deploymentId !== null) return;
  const count = await tx.deployment.count({ where: { ownerId: userId } });
  if (count < DEPLOYMENTS_MAX) return;
  throw limitReached(`You have ${count} deployments.`, 'Delete those that failed and are no longer needed.');
}

/** The counting transaction holds this lock until its end: two at once cannot both take the last place. */
export async function lockUser(tx: Transaction, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "User" WHERE "id" = ${userId} FOR NO KEY UPDATE`;
}

/** As `lockUser`, for work that a user who was locked a moment ago must not begin. */
async function lockActiveUser(tx: Transaction, userId: string): Promise<void> {
  await lockUser(tx, userId);
  if ((await tx.user.count({ where: { id: userId, lockedAt: null } })) > 0) return;
  throw new UserError('FORBIDDEN', 'This account is locked.', { hint: 'Ask the administrator.' });
}

const limitReached = (message: string, hint: string, retryable = false): UserError =>
  new UserError('LIMIT_REACHED', message, { kind: 'limit', hint, retryable });
