import type { PrismaClient } from '#prisma/client.ts';

const DAY_MS = 86_400_000;
/** More calls than a day can have: the ids of day n, counted from 1970, begin at n times this. */
const IDS_PER_DAY = 10_000_000_000n;
/** Workers open and remove days one after the other. */
const TURN = 19_001;
/** A table that is in use is tried again an hour later: others that want it must not wait behind this for longer. */
const LOCK_MS = 500;
/** For tables that writers use. */
const DROP_LOCK_MS = 100;

/** A partition of the table of calls. `day`: days since 1970; 0 for the partition before all days. */
export type CallDay = { table: string; day: number };

export const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS);

/** The partitions, the oldest first. */
export async function readCallDays(prisma: PrismaClient): Promise<CallDay[]> {
  const rows = await prisma.$queryRaw<{ table: string }[]>`
    SELECT "part"."relname"::text AS "table" FROM pg_inherits
    JOIN pg_class AS "part" ON "part"."oid" = "inhrelid" WHERE "inhparent" = '"Call"'::regclass`;
  return rows
    .map(({ table }) => ({ table, day: Number(/^Call_(\d+)$/.exec(table)?.[1] ?? 0) }))
    .sort((a, b) => a.day - b.day);
}

/**
 * Gives the calls of today a partition of their own: ids continue in the range of the day. Several instances at once do it
 * once. Until it is done, calls are stored with those of the day before. Returns true if the day was opened here.
 */
export async function openCallDay(prisma: PrismaClient, now: Date): Promise<boolean> {
  const day = dayOf(now);
  const isKnown = (await readCallDays(prisma)).some((one) => one.day >= day);
  if (!isKnown) await makePartition(prisma, day);
  const [sequence] = await prisma.$queryRaw<{ last: bigint }[]>`SELECT "last_value" AS "last" FROM "Call_id_seq"`;
  const isMade = (await readCallDays(prisma)).some((one) => one.day === day);
  if (isMade && (sequence?.last ?? 0n) < firstIdOf(day)) await continueIn(prisma, day);
  return !isKnown;
}

const firstIdOf = (day: number): bigint => BigInt(day) * IDS_PER_DAY;

const makePartition = async (prisma: PrismaClient, day: number): Promise<void> => {
  const table = `"Call_${day}"`;
  await prisma.$transaction([
    prisma.$executeRawUnsafe(`SET LOCAL lock_timeout = ${LOCK_MS}`),
    prisma.$executeRawUnsafe(`SELECT pg_advisory_xact_lock(${TURN})`),
    // Attached after it was made: that does not lock readers and writers out of the whole table.
    prisma.$executeRawUnsafe(`DO $$ BEGIN
      IF to_regclass('${table}') IS NULL THEN
        CREATE TABLE ${table} (LIKE "Call" INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
        ALTER TABLE "Call" ATTACH PARTITION ${table} FOR VALUES FROM (${firstIdOf(day)}) TO (${firstIdOf(day + 1)});
      END IF;
    END $$`),
  ]);
};

/**
 * Ids go on in the range of the day. A statement that began before the partition was there would find no place for such an
 * id: the lock waits for those that write, and what comes after it knows the partition.
 */
const continueIn = async (prisma: PrismaClient, day: number): Promise<void> => {
  await prisma.$transaction([
    prisma.$executeRawUnsafe(`SET LOCAL lock_timeout = ${LOCK_MS}`),
    prisma.$executeRawUnsafe('LOCK TABLE "Call" IN SHARE ROW EXCLUSIVE MODE'),
    prisma.$executeRawUnsafe(
      `SELECT setval('"Call_id_seq"', ${firstIdOf(day)}, false) FROM "Call_id_seq" WHERE "last_value" < ${firstIdOf(day)}`,
    ),
  ]);
};

/**
 * Removes the days that have no call since `before`, except the one that is written to. The rows go at once, and writers do
 * not wait: only the emptied table is locked. Returns the tables that were emptied.
 */
export async function removeCallDays(prisma: PrismaClient, before: Date, signal: AbortSignal): Promise<string[]> {
  const days = await readCallDays(prisma);
  const emptied: string[] = [];
  for (const [at, { table }] of days.entries()) {
    signal.throwIfAborted();
    const next = days[at + 1];
    if (next === undefined) break;
    // A host that reports a time to come must not keep a day for good.
    const isOver = next.day < dayOf(before) - 1;
    const [found] = await prisma.$queryRawUnsafe<{ recent: boolean; any: boolean }[]>(
      `SELECT EXISTS (SELECT FROM "${table}" WHERE "at" >= $1) AS "recent", EXISTS (SELECT FROM "${table}") AS "any"`,
      before,
    );
    if (found?.recent === true && !isOver) break; // later days are newer
    if (found?.any === true) {
      await prisma.$transaction([
        prisma.$executeRawUnsafe(`SET LOCAL lock_timeout = ${LOCK_MS}`),
        prisma.$executeRawUnsafe(`TRUNCATE "${table}"`),
      ]);
      emptied.push(table);
    }
    await dropEmpty(prisma, table);
  }
  return emptied;
}

/** An empty partition costs next to nothing: it stays for another hour while it cannot be locked at once. */
async function dropEmpty(prisma: PrismaClient, table: string): Promise<void> {
  await prisma
    .$transaction([
      prisma.$executeRawUnsafe(`SET LOCAL lock_timeout = ${DROP_LOCK_MS}`),
      prisma.$executeRawUnsafe(`DROP TABLE IF EXISTS "${table}"`),
    ])
    .catch((error: unknown) => {
      if (!isLockTimeout(error)) throw error;
    });
}

/** PostgreSQL's 55P03 (lock_not_available) and 40P01 (deadlock_detected). */
const isLockTimeout = (error: unknown): boolean =>
  /55P03|40P01|lock timeout|deadlock/i.test(
    error instanceof Error ? `${error.message} ${JSON.stringify(error)}` : String(error),
  );
