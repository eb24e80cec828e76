import type { PrismaClient } from '#prisma/client.ts';

/** How long a row belongs to a worker that does not renew: the longest pause after a worker's death. */
export const LEASE_MS = 15_000;

export type Claim = { id: string; leaseOwner: string };

/**
 * Claims up to `limit` due rows without a lease, oldest first. Each claim has an owner name of its own, so that a row
 * that one instance claims twice is not confused with its first time.
 */
export async function claimDue(prisma: PrismaClient, limit: number, now: Date): Promise<Claim[]> {
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  return prisma.$queryRaw<Claim[]>`
    UPDATE "Deployment" SET "leaseOwner" = gen_random_uuid()::text, "leaseUntil" = ${leaseUntil}
    WHERE "id" IN (
      SELECT "id" FROM "Deployment"
      WHERE "nextCheckAt" <= ${now} AND ("leaseUntil" IS NULL OR "leaseUntil" <= ${now})
      ORDER BY "nextCheckAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING "id", "leaseOwner"`;
}

/** No wait, and no difference between the clocks of instances, is as long. */
const AHEAD_MS_MAX = 10 * 60_000;

/**
 * Makes deployments due whose next check or lease lies further ahead than anything is ever set to: they were written
 * before the clock was set back, and would be left alone until it has caught up.
 */
export async function healAfterClockSetBack(prisma: PrismaClient, now: Date): Promise<void> {
  const ahead = { gt: new Date(now.getTime() + AHEAD_MS_MAX) };
  await prisma.deployment.updateMany({ where: { nextCheckAt: ahead }, data: { nextCheckAt: now } });
  await prisma.deployment.updateMany({ where: { leaseUntil: ahead }, data: { leaseUntil: now } });
}

/** Returns false when the lease was lost. */
export async function renewLease(prisma: PrismaClient, id: string, leaseOwner: string, now: Date): Promise<boolean> {
  const { count } = await prisma.deployment.updateMany({
    where: { id, leaseOwner },
    data: { leaseUntil: new Date(now.getTime() + LEASE_MS) },
  });
  return count === 1;
}

/**
 * Gives the row back, due again at `nextCheckAt` (null: only by a new intent). A row whose generation has risen since
 * stays due now.
 */
export async function releaseLease(
  prisma: PrismaClient,
  id: string,
  leaseOwner: string,
  generation: number,
  nextCheckAt: Date | null,
): Promise<void> {
  await prisma.$executeRaw`
    UPDATE "Deployment" SET "leaseOwner" = NULL, "leaseUntil" = NULL,
      "nextCheckAt" = CASE WHEN "generation" = ${generation} THEN ${nextCheckAt}::timestamptz ELSE "nextCheckAt" END
    WHERE "id" = ${id}::uuid AND "leaseOwner" = ${leaseOwner}`;
}
