import type { PrismaClient } from '#prisma/client.ts';

/** The trigger of the table refuses it earlier, by the clock of the database. */
const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;
const BATCH = 5_000;

/**
 * Removes network addresses from old entries of the audit trail: they are personal data, and after some time no one
 * needs them to explain what happened. The trail holds no e-mail addresses. Returns how many entries changed.
 */
export async function forgetAddresses(
  { prisma, now }: { prisma: PrismaClient; now: () => Date },
  signal: AbortSignal,
): Promise<number> {
  const before = new Date(now().getTime() - KEPT_DAYS * DAY_MS);
  for (let forgotten = 0; ; ) {
    signal.throwIfAborted();
    const count = await prisma.$executeRaw`
      UPDATE "AuditEvent" SET "ip" = NULL WHERE "id" IN (
        SELECT "id" FROM "AuditEvent" WHERE "at" < ${before} AND "ip" IS NOT NULL LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
    forgotten += count;
    if (count < BATCH) return forgotten;
  }
}
