import type { HostStatus } from '#deploy/host/contract.ts';
import type { PrismaClient } from '#prisma/client.ts';

/** A sample stands for so long. */
export const SAMPLE_MS = 5 * 60_000;
const BOOT_ID_CHARACTERS_MAX = 64;

/** What a machine has at one moment, and what it has used until then. */
export type MachineReading = {
  sessions: number;
  /** Resident memory of the host and its children; null where it cannot be measured. */
  memoryBytes: number | null;
  processor: { bootId: string; ms: number } | null;
};

export const readingOf = ({ sessions, memory, children, processor }: HostStatus): MachineReading => {
  const sizes = children.map(({ rssBytes }) => rssBytes);
  return {
    sessions,
    memoryBytes: sizes.includes(null)
      ? null
      : sizes.reduce<number>((sum, size) => sum + (size ?? 0), memory.hostRssBytes),
    processor: processor ?? null,
  };
};

/**
 * Keeps a reading, of each five minutes the first, and adds it to the day. One statement: a reading that is not the first
 * costs one look at an index. Processor time counts from the sample before, or from the start of a host since then.
 */
export async function saveMachineSample(
  prisma: PrismaClient,
  deploymentId: string,
  { sessions, memoryBytes, processor }: MachineReading,
  now: Date,
): Promise<void> {
  const at = new Date(Math.floor(now.getTime() / SAMPLE_MS) * SAMPLE_MS);
  const bootId = processor?.bootId.slice(0, BOOT_ID_CHARACTERS_MAX) ?? null;
  const totalMs = processor?.ms ?? null;
  const bytes = memoryBytes === null ? null : Math.round(memoryBytes);
  await prisma.$executeRaw`
    WITH "before" AS (
      SELECT "bootId", "processorTotalMs" FROM "MachineSample"
      WHERE "deploymentId" = ${deploymentId}::uuid AND "at" < ${at} ORDER BY "at" DESC LIMIT 1
    ), "fresh" AS (
      INSERT INTO "MachineSample" ("deploymentId", "at", "sessions", "memoryBytes", "processorMs", "bootId", "processorTotalMs")
      SELECT ${deploymentId}::uuid, ${at}, ${sessions}::int, ${bytes}::bigint,
        CASE WHEN "before"."bootId" = ${bootId}::text
          THEN greatest(0, ${totalMs}::float8 - coalesce("before"."processorTotalMs", 0))
          WHEN "before"."bootId" IS NOT NULL THEN ${totalMs}::float8 END,
        ${bootId}::text, ${totalMs}::float8
      FROM (SELECT 1) AS "one" LEFT JOIN "before" ON true
      ON CONFLICT DO NOTHING
      RETURNING "sessions", "memoryBytes", "processorMs"
    )
    INSERT INTO "MachineDay" AS "sum" ("deploymentId", "day", "sessions", "memoryBytes", "processorMs")
    SELECT ${deploymentId}::uuid, (${at}::timestamptz AT TIME ZONE 'UTC')::date, "sessions", "memoryBytes", "processorMs"
    FROM "fresh"
    ON CONFLICT ("deploymentId", "day") DO UPDATE SET
      "sessions" = greatest("sum"."sessions", excluded."sessions"),
      "memoryBytes" = greatest("sum"."memoryBytes", excluded."memoryBytes"),
      "processorMs" = CASE WHEN excluded."processorMs" IS NULL THEN "sum"."processorMs"
        ELSE coalesce("sum"."processorMs", 0) + excluded."processorMs" END`;
}
