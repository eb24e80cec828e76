import type { Queryable } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';

export type QuotaUsage = {
  machines: number;
  analysesToday: number;
  /** In US dollars, with the platform's key; questions under way count with the most they may cost. */
  modelUsdThisMonth: number;
};

/** A machine is there, or on its way. One that failed before it had a machine costs nothing. */
export const HOLDS_MACHINE = {
  OR: [{ machines: { some: {} } }, { desired: 'RUNNING', status: { not: 'FAILED' } }],
} satisfies Prisma.DeploymentWhereInput;

/** Machines of deployments and of trials. */
export const countMachines = async (db: Queryable, ownerId: string): Promise<number> =>
  (await db.deployment.count({ where: { ownerId, ...HOLDS_MACHINE } })) +
  (await db.trial.count({ where: { ownerId, machineGoneAt: null } }));

export const countAnalyses = (db: Queryable, ownerId: string, now: Date): Promise<number> =>
  db.analysis.count({ where: { ownerId, createdAt: { gte: startOfDay(now) } } });

export async function sumModelUsd(db: Queryable, userId: string, now: Date): Promise<number> {
  const { _sum } = await db.modelCall.aggregate({
    where: { userId, ownKey: false, askedAt: { gte: startOfMonth(now) } },
    _sum: { costUsd: true },
  });
  return _sum.costUsd?.toNumber() ?? 0;
}

export async function readUsage(db: Queryable, userId: string, now: Date): Promise<QuotaUsage> {
  return {
    machines: await countMachines(db, userId),
    analysesToday: await countAnalyses(db, userId, now),
    modelUsdThisMonth: await sumModelUsd(db, userId, now),
  };
}

const startOfDay = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
const startOfMonth = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
