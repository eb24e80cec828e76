import type { PrismaClient } from '#prisma/client.ts';
import { addBuckets, percentile } from './histogram.ts';
import type { UsageBatch } from './recorder.ts';
import { writeBatch } from './write-batch.ts';

const DAYS_MAX = 90;
const DAY_MS = 86_400_000;

/** Calls and how long they took. Percentiles are null where nothing was called. */
export type UsageFigures = { calls: number; errors: number; p50Ms: number | null; p95Ms: number | null };

export type Usage = UsageFigures & {
  days: number;
  bytesIn: number;
  bytesOut: number;
  coldCalls: number;
  /** Every day asked for, oldest first, UTC. */
  byDay: (UsageFigures & { day: string })[];
  /** Tools that were called, the busiest first. */
  byTool: (UsageFigures & { tool: string })[];
  /** The same by tool and day, without the days on which a tool was not called. */
  byToolAndDay: (UsageFigures & { tool: string; day: string })[];
  /** By JSON-RPC method, the busiest first. */
  byMethod: (UsageFigures & { method: string })[];
  /** By access token (its id), `oauth` and `public`. */
  byCaller: (UsageFigures & { caller: string })[];
};

export interface UsageService {
  /** Adds a batch of counted calls; those of deployments that are gone by now are left out. */
  write(batch: UsageBatch): Promise<void>;
  /** The last `days` days (1 to 90), today included. The caller must have been authorized. */
  read(deploymentId: string, days: number): Promise<Usage>;
  /** Removes what is older than `days` days; returns how many rows went. */
  prune(days: number): Promise<number>;
}

export type UsageServiceDeps = { prisma: PrismaClient; clock?: () => Date };

type Tally = { calls: number; errors: number; buckets: number[] };

/** Usage of deployments by day. A stream's duration is how long it was open, so streams are left out of the figures. */
export function createUsageService({ prisma, clock = () => new Date() }: UsageServiceDeps): UsageService {
  const dayBefore = (days: number): Date => new Date(Math.floor(clock().getTime() / DAY_MS) * DAY_MS - days * DAY_MS);

  const read: UsageService['read'] = async (deploymentId, asked) => {
    const days = Math.min(Math.max(Math.trunc(asked), 1), DAYS_MAX);
    const since = dayBefore(days - 1);
    const rows = await prisma.usageRollup.findMany({ where: { deploymentId, day: { gte: since } } });
    const calls = rows.filter((row) => row.method !== '(stream)').map((row) => ({ ...row, day: toDay(row.day) }));
    const tools = calls.filter((row) => row.method === 'tools/call' && row.tool !== '');
    const perDay = Map.groupBy(calls, (row) => row.day);
    return {
      days,
      ...toFigures(tallyOf(calls)),
      bytesIn: rows.reduce((sum, row) => sum + Number(row.bytesIn), 0),
      bytesOut: rows.reduce((sum, row) => sum + Number(row.bytesOut), 0),
      coldCalls: calls.reduce((sum, row) => sum + (row.cold ? row.calls : 0), 0),
      byDay: Array.from({ length: days }, (_, i) => toDay(new Date(since.getTime() + i * DAY_MS))).map((day) => ({
        day,
        ...toFigures(tallyOf(perDay.get(day) ?? [])),
      })),
      byTool: busiestFirst(Map.groupBy(tools, (row) => row.tool)).map(([tool, figures]) => ({ tool, ...figures })),
      byToolAndDay: [...Map.groupBy(tools, (row) => `${row.day} ${row.tool}`)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, alike]) => ({ tool: key.slice(11), day: key.slice(0, 10), ...toFigures(tallyOf(alike)) })),
      byMethod: busiestFirst(Map.groupBy(calls, (row) => row.method)).map(([method, figures]) => ({
        method,
        ...figures,
      })),
      byCaller: busiestFirst(Map.groupBy(calls, (row) => row.caller)).map(([caller, figures]) => ({
        caller,
        ...figures,
      })),
    };
  };

  return {
    write: (batch) => writeBatch(prisma, batch),
    read,
    prune: async (days) => (await prisma.usageRollup.deleteMany({ where: { day: { lt: dayBefore(days) } } })).count,
  };
}

const toDay = (date: Date): string => date.toISOString().slice(0, 10);

const tallyOf = (rows: readonly Tally[]): Tally => {
  const sum: Tally = { calls: 0, errors: 0, buckets: [] };
  for (const row of rows) {
    sum.calls += row.calls;
    sum.errors += row.errors;
    addBuckets(sum.buckets, row.buckets);
  }
  return sum;
};

const toFigures = ({ calls, errors, buckets }: Tally): UsageFigures => ({
  calls,
  errors,
  p50Ms: percentile(buckets, 0.5),
  p95Ms: percentile(buckets, 0.95),
});

const busiestFirst = (groups: Map<string, Tally[]>): [string, UsageFigures][] =>
  [...groups]
    .map(([key, rows]): [string, UsageFigures] => [key, toFigures(tallyOf(rows))])
    .sort(([a, left], [b, right]) => right.calls - left.calls || (a < b ? -1 : 1));
