import type { PrismaClient } from '#prisma/client.ts';

const MINUTE_MS = 60_000;

/** How far back, and in which steps. */
export const RECENT = {
  HOUR: { steps: 60, stepMs: MINUTE_MS },
  DAY: { steps: 96, stepMs: 15 * MINUTE_MS },
} as const;
export type RecentRange = keyof typeof RECENT;

/** Calls of tools that began within one step. Percentiles are durations of real calls; null where nothing was called. */
export type UsagePoint = {
  /** When the step begins. */
  at: Date;
  calls: number;
  errors: number;
  p50Ms: number | null;
  p95Ms: number | null;
};

/**
 * Calls of tools in the last hour or day from the log of calls, every step, oldest first. Refused requests do not count.
 * Of a deployment with more calls than the log keeps, the oldest steps are empty. The caller must have been authorized.
 */
export async function readRecentUsage(
  { prisma, now }: { prisma: PrismaClient; now: () => Date },
  deploymentId: string,
  range: RecentRange,
): Promise<UsagePoint[]> {
  const { steps, stepMs } = RECENT[range];
  const last = Math.floor(now().getTime() / stepMs) * stepMs;
  const since = new Date(last - (steps - 1) * stepMs);
  const rows = await prisma.$queryRaw<(Omit<UsagePoint, 'at'> & { step: number })[]>`
    SELECT floor(extract(epoch FROM "at" - ${since}::timestamptz) * 1000 / ${stepMs})::int AS "step",
      count(*)::int AS "calls", (count(*) FILTER (WHERE "failed"))::int AS "errors",
      percentile_disc(0.5) WITHIN GROUP (ORDER BY "durationMs") AS "p50Ms",
      percentile_disc(0.95) WITHIN GROUP (ORDER BY "durationMs") AS "p95Ms"
    FROM "Call"
    WHERE "deploymentId" = ${deploymentId}::uuid AND "at" >= ${since} AND "method" = 'tools/call' AND "outcome" <> 'REFUSED'
    GROUP BY 1`;
  const known = new Map(rows.map(({ step, ...figures }) => [step, figures]));
  return Array.from({ length: steps }, (_, step) => ({
    at: new Date(since.getTime() + step * stepMs),
    ...(known.get(step) ?? { calls: 0, errors: 0, p50Ms: null, p95Ms: null }),
  }));
}
