import type { PrismaClient } from '#prisma/client.ts';
import { addBuckets, SAMPLES_MAX } from './histogram.ts';
import type { UsageBatch, UsageRow } from './recorder.ts';

/**
 * Adds a batch to what is stored, and moves on when deployments, tokens and connections were last used. Calls of deployments that are
 * gone by now are left out. One statement: a batch that fails is tried again, so all of it must have failed.
 */
export async function writeBatch(prisma: PrismaClient, { rows, lastUsed }: UsageBatch): Promise<void> {
  await prisma.$executeRaw`
    WITH "counted" AS (
      INSERT INTO "UsageRollup" AS kept ("deploymentId", "day", "method", "tool", "status", "era", "caller", "cold",
        "calls", "errors", "bytesIn", "bytesOut", "durationMs", "buckets", "samples")
      SELECT "deploymentId", "day", "method", "tool", "status", "era", "caller", "cold",
        "calls", "errors", "bytesIn", "bytesOut", "durationMs", "buckets", "samples"
      FROM jsonb_to_recordset(${JSON.stringify(addUp(rows))}::jsonb) AS fresh("deploymentId" uuid, "day" date,
        "method" text, "tool" text, "status" int, "era" text, "caller" text, "cold" boolean,
        "calls" int, "errors" int, "bytesIn" bigint, "bytesOut" bigint, "durationMs" float8, "buckets" int[], "samples" float8[])
      WHERE EXISTS (SELECT FROM "Deployment" WHERE "id" = fresh."deploymentId")
      ORDER BY 1, 2, 3, 4, 5, 6, 7, 8 -- the same order in every instance: no deadlock
      ON CONFLICT ("deploymentId", "day", "method", "tool", "status", "era", "caller", "cold") DO UPDATE SET
        "calls" = kept."calls" + excluded."calls",
        "errors" = kept."errors" + excluded."errors",
        "bytesIn" = kept."bytesIn" + excluded."bytesIn",
        "bytesOut" = kept."bytesOut" + excluded."bytesOut",
        "durationMs" = kept."durationMs" + excluded."durationMs",
        "buckets" = ARRAY(
          SELECT coalesce(a, 0) + coalesce(b, 0)
          FROM unnest(kept."buckets", excluded."buckets") WITH ORDINALITY AS pair(a, b, n) ORDER BY n),
        "samples" = (kept."samples" || excluded."samples")[1:${SAMPLES_MAX}::int]
    ), "touched" AS (
      UPDATE "Deployment" SET "lastUsedAt" = used."at"
      FROM jsonb_to_recordset(${toJson(lastUsed.deployments)}::jsonb) AS used("id" uuid, "at" timestamptz)
      WHERE "Deployment"."id" = used."id" AND ("lastUsedAt" IS NULL OR "lastUsedAt" < used."at")
    ), "connected" AS (
      UPDATE "OAuthConnection" SET "lastUsedAt" = used."at"
      FROM jsonb_to_recordset(${toJson(lastUsed.connections)}::jsonb) AS used("id" uuid, "at" timestamptz)
      WHERE "OAuthConnection"."id" = used."id" AND ("lastUsedAt" IS NULL OR "lastUsedAt" < used."at")
    )
    UPDATE "AccessToken" SET "lastUsedAt" = used."at"
    FROM jsonb_to_recordset(${toJson(lastUsed.tokens)}::jsonb) AS used("id" uuid, "at" timestamptz)
    WHERE "AccessToken"."id" = used."id" AND ("lastUsedAt" IS NULL OR "lastUsedAt" < used."at")`;
}

/** One row per key: an INSERT may not touch a row twice. */
function addUp(rows: readonly UsageRow[]): UsageRow[] {
  const sums = new Map<string, UsageRow>();
  for (const row of rows) {
    const { deploymentId, day, method, tool, status, era, caller, cold } = row;
    const key = JSON.stringify([deploymentId, day, method, tool, status, era, caller, cold]);
    const sum = sums.get(key);
    if (!sum) {
      sums.set(key, { ...row, buckets: [...row.buckets], samples: [...row.samples] });
      continue;
    }
    sum.calls += row.calls;
    sum.errors += row.errors;
    sum.bytesIn += row.bytesIn;
    sum.bytesOut += row.bytesOut;
    sum.durationMs += row.durationMs;
    addBuckets(sum.buckets, row.buckets);
    sum.samples = [...sum.samples, ...row.samples].slice(0, SAMPLES_MAX);
  }
  return [...sums.values()];
}

const toJson = (times: ReadonlyMap<string, number>): string =>
  JSON.stringify([...times].map(([id, at]) => ({ id, at: new Date(at).toISOString() })));
