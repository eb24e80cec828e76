import type { PrismaClient } from '#prisma/client.ts';

const HOUR_MS = 60 * 60_000;
export const ACTIVITY_HOURS = 24;

/** Calls of tools in the last 24 hours, as far as the log of calls reaches. Refused requests do not count. */
export type Activity = {
  /** Calls in each hour, the oldest first; the last one is the present hour. */
  calls: number[];
  /** Of these, the calls that failed. */
  errors: number[];
  /** Calls in the last 60 minutes. */
  callsLastHour: number;
  lastCallAt: Date | null;
  /** When a call last ended well. */
  lastSuccessAt: Date | null;
  /** True if a call ended well on a later day than that on which the release that serves went live. */
  workedBefore: boolean;
  /** How much the release that serves offers; null before a handshake. */
  offered: { tools: number; others: number } | null;
};

type Latest = Pick<Activity, 'lastCallAt' | 'lastSuccessAt' | 'workedBefore'> & {
  id: string;
  tools: number | null;
  others: number | null;
};

const noActivity = (): Activity => ({
  calls: Array(ACTIVITY_HOURS).fill(0),
  errors: Array(ACTIVITY_HOURS).fill(0),
  callsLastHour: 0,
  lastCallAt: null,
  lastSuccessAt: null,
  workedBefore: false,
  offered: null,
});

export interface ActivityReader {
  /** Reads that are requested in the same turn of the event loop become two queries, however long a list is. */
  read(deploymentId: string): Promise<Activity>;
}

type Deps = { prisma: PrismaClient; now: () => Date };

/** Reads what deployments did lately. The caller must have been authorized for each of them. */
export function createActivityReader(deps: Deps): ActivityReader {
  let waiting: Map<string, PromiseWithResolvers<Activity>> | null = null;
  return {
    read: (deploymentId) => {
      if (waiting === null) {
        const batch = new Map<string, PromiseWithResolvers<Activity>>();
        waiting = batch;
        setImmediate(() => {
          waiting = null;
          readActivity(deps, [...batch.keys()]).then(
            (found) => {
              for (const [id, { resolve }] of batch) resolve(found.get(id) ?? noActivity());
            },
            (error: unknown) => {
              for (const { reject } of batch.values()) reject(error);
            },
          );
        });
      }
      const joined = waiting.get(deploymentId) ?? Promise.withResolvers<Activity>();
      waiting.set(deploymentId, joined);
      return joined.promise;
    },
  };
}

async function readActivity({ prisma, now }: Deps, ids: string[]): Promise<Map<string, Activity>> {
  const at = now().getTime();
  const since = new Date(Math.floor(at / HOUR_MS) * HOUR_MS - (ACTIVITY_HOURS - 1) * HOUR_MS);
  const hourAgo = new Date(at - HOUR_MS);
  const [hours, last] = await Promise.all([
    prisma.$queryRaw<{ id: string; hour: number; calls: number; errors: number; recent: number }[]>`
      SELECT "deploymentId"::text AS "id",
        floor(extract(epoch FROM "at" - ${since}::timestamptz) * 1000 / ${HOUR_MS})::int AS "hour",
        count(*)::int AS "calls", (count(*) FILTER (WHERE "failed"))::int AS "errors",
        (count(*) FILTER (WHERE "at" >= ${hourAgo}))::int AS "recent"
      FROM "Call"
      WHERE "deploymentId" = ANY(${ids}::uuid[]) AND "at" >= ${since}
        AND "method" = 'tools/call' AND "outcome" <> 'REFUSED'
      GROUP BY 1, 2`,
    // The newest row of each kind by an index, whatever the number of rows. Snapshots are counted here: they are long.
    // That of a bundle is empty, since its members are asked when a client lists them.
    prisma.$queryRaw<Latest[]>`
      SELECT "one"."id"::text AS "id",
        (SELECT "at" FROM "Call" WHERE "deploymentId" = "one"."id" AND "method" = 'tools/call'
          ORDER BY "id" DESC LIMIT 1) AS "lastCallAt",
        (SELECT "at" FROM "Call" WHERE "deploymentId" = "one"."id" AND "failed" = false AND "method" = 'tools/call'
          ORDER BY "id" DESC LIMIT 1) AS "lastSuccessAt",
        EXISTS (SELECT 1 FROM "UsageRollup" WHERE "deploymentId" = "one"."id" AND "method" = 'tools/call'
          AND "errors" < "calls" AND "day" > ("Release"."liveAt" AT TIME ZONE 'UTC')::date) AS "workedBefore",
        jsonb_array_length("Release"."snapshot"->'tools') AS "tools",
        jsonb_array_length("Release"."snapshot"->'resources') + jsonb_array_length("Release"."snapshot"->'prompts')
          AS "others"
      FROM unnest(${ids}::uuid[]) AS "one"("id")
      JOIN "Deployment" ON "Deployment"."id" = "one"."id"
      LEFT JOIN "Release" ON "Release"."id" = "Deployment"."currentReleaseId"
        AND "Release"."runtime" <> 'BUNDLE'`,
  ]);
  const found = new Map<string, Activity>();
  for (const { id, tools, others, ...latest } of last) {
    const offered = tools === null || others === null ? null : { tools, others };
    found.set(id, { ...noActivity(), ...latest, offered });
  }
  for (const { id, hour, calls, errors, recent } of hours) {
    const activity = found.get(id);
    if (!activity || hour < 0 || hour >= ACTIVITY_HOURS) continue;
    activity.calls[hour] = calls;
    activity.errors[hour] = errors;
    activity.callsLastHour += recent;
  }
  return found;
}
