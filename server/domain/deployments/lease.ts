import type { PrismaClient } from '#prisma/client.ts';

/** How long a row belongs to a worker that does not renew: the longest pause after a worker's death. */
export const LEASE_MS = 15_000;

/** Claims up to `limit` rows that are due and that nobody holds, oldest first, each for the given owner. */
export async function claimDue(prisma: PrismaClient, leaseOwner: string, limit: number, now: Date): Promise<string[]> {
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    UPDATE "Deployment" SET "leaseOwner" = ${leaseOwner}, "leaseUntil" = ${leaseUntil}
    WHERE "id" IN (
      SELECT "id" FROM "Deployment"
      WHERE "nextCheckAt" <= ${now} AND ("leaseUntil" IS NULL OR "leaseUntil" <= ${now})
      ORDER BY "nextCheckAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING "id"`;
  return rows.map(({ id }) => id);
}

/** False when the lease was lost. */
export async function renewLease(prisma: PrismaClient, id: string, leaseOwner: string, now: Date): Promise<boolean> {
  const { count } = await prisma.deployment.updateMany({
    where: { id, leaseOwner },
    data: { leaseUntil: new Date(now.getTime() + LEASE_MS) },
  });
  return count === 1;
}

/**
 * Gives the row back, due again at `nextCheckAt` (null: only by a new intent). A row whose generation moved on in
 * the meantime stays due now.
 */
export async function releaseLease(
  prisma: PrismaClient,
  id: string,
  leaseOwner: string,
  generation: number,
  nextCheckAt: Date | null,
): Promise<void> {
  const free = { leaseOwner: null, leaseUntil: null };
  await prisma.deployment.updateMany({ where: { id, leaseOwner, generation }, data: { ...free, nextCheckAt } });
  await prisma.deployment.updateMany({ where: { id, leaseOwner }, data: free });
}
