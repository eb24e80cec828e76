import type { PrismaClient } from '#prisma/client.ts';
import type { RegistrySource, RegistrySync } from '#prisma/generated/client/client.ts';

/** Longer than reading and storing one page may take: every page renews it. */
const LEASE_MS = 90_000;

/** What a holder writes, with the lease: a holder who lost it writes nothing. */
export type SyncLease = { source: RegistrySource; leaseOwner: string };

export const leaseUntil = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/** Takes the row of a source if it is due and nobody reads it. The row is made when there is none. */
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

/** Lets the next look find these sources due; one that is being read at `now` is left to whoever reads it. */
export async function makeDue(prisma: PrismaClient, sources: readonly RegistrySource[], now: Date): Promise<void> {
  await prisma.registrySync.updateMany({
    where: {
      source: { in: [...sources] },
      nextAt: { gt: now },
      OR: [{ leaseUntil: null }, { leaseUntil: { lte: now } }],
    },
    data: { nextAt: now },
  });
}
