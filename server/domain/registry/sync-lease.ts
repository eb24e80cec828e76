import type { PrismaClient } from '#prisma/client.ts';
import type { RegistrySource, RegistrySync } from '#prisma/generated/client/client.ts';

/** Longer than reading and storing one page may take: every page renews it. */
const LEASE_MS = 90_000;

/** Condition for every write of a holder: a holder that lost the lease writes nothing. */
export type SyncLease = { source: RegistrySource; leaseOwner: string };

export const leaseUntil = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/** Takes the row of a source if it is due and no worker reads it. The row is created if it is missing. */
export async function claimSync(
  prisma: PrismaClient,
  source: RegistrySource,
  now: Date,
): Promise<{ lease: SyncLease; row: RegistrySync } | null> {
  const leaseOwner = crypto.randomUUID();
  await prisma.registrySync.createMany({ data: [{ source, nextAt: now }], skipDuplicates: true });
  const [row] = await prisma.registrySync.updateManyAndReturn({
    where: { source, nextAt: { lte: now }, OR: [{ leaseUntil: null }, { leaseUntil: { lte: now } }] },
    data: { leaseOwner, leaseUntil: leaseUntil(now) },
  });
  return row ? { lease: { source, leaseOwner }, row } : null;
}

/**
 * Makes these sources due at the next look; one that is being read at `now` is left to its reader. The time at which a source
 * would have been due is kept: a try that fails must not put it off.
 */
export async function makeDue(prisma: PrismaClient, sources: readonly RegistrySource[], now: Date): Promise<void> {
  await prisma.$executeRaw`
    UPDATE "RegistrySync" SET "plannedAt" = COALESCE("plannedAt", "nextAt"), "nextAt" = ${now}
    WHERE "source"::text = ANY(${[...sources]}) AND "nextAt" > ${now} AND ("leaseUntil" IS NULL OR "leaseUntil" <= ${now})`;
}
