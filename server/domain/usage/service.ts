import { RECORDED_METHODS } from '#deploy/host/call-contract.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { addBuckets, exactPercentile, percentile, SAMPLES_MAX } from './histogram.ts';
import type { UsageBatch } from './recorder.ts';
import { writeBatch } from './write-batch.ts';

const DAYS_MAX = 90;
/** Callers are ids of rows, besides `public` and those of old rows. */
const ROW_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAY_MS = 86_400_000;

/** Calls and how long they took. Percentiles are null where nothing was called; of up to 20 calls they are exact. */
export type UsageFigures = { calls: number; errors: number; p50Ms: number | null; p95Ms: number | null };

export type Usage = UsageFigures & {
  days: number;
  /** Calls of tools alone. */
  tools: UsageFigures;
  /** The same for every day asked for, oldest first. */
  toolsByDay: (UsageFigures & { day: string })[];
  /** Messages of the protocol: all but calls of tools, prompts and resources. */
  protocolMessages: number;
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
  /** Calls of tools by access token, OAuth client and `public`, the busiest first; the name is null where it is gone. */
  byCaller: (UsageFigures & { caller: string; name: string | null })[];
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

type Tally = { calls: number; errors: number; buckets: number[]; samples: number[] };

/** Usage of deployments by day. A stream's duration is how long it was open, so streams are left out of the figures. */
export function createUsageService({ prisma, clock = () => new Date() }: UsageServiceDeps): UsageService {
  const dayBefore = (days: number): Date => new Date(Math.floor(clock().getTime() / DAY_MS) * DAY_MS - days * DAY_MS);

  /** Names of access tokens, and of the OAuth clients of connections. */
  const namesOf = async (callers: readonly string[]): Promise<Map<string, string>> => {
    const id = { in: callers.filter((caller) => ROW_ID.test(caller)) };
    const tokens = await prisma.accessToken.findMany({ where: { id }, select: { id: true, name: true } });
    const connections = await prisma.oAuthConnection.findMany({
      where: { id },
      select: { id: true, client: { select: { name: true } } },
    });
    return new Map([
      ...tokens.map((token): [string, string] => [token.id, token.name]),
      ...connections.map((one): [string, string] => [one.id, one.client.name]),
    ]);
  };

  const read: UsageService['read'] = async (deploymentId, asked) => {
    const days = Math.min(Math.max(Math.trunc(asked), 1), DAYS_MAX);
    const since = dayBefore(days - 1);
    const rows = await prisma.usageRollup.findMany({ where: { deploymentId, day: { gte: since } } });
    const calls = rows.filter((row) => row.method !== '(stream)').map((row) => ({ ...row, day: toDay(row.day) }));
    const toolCalls = calls.filter((row) => row.method === 'tools/call');
    const tools = toolCalls.filter((row) => row.tool !== '');
    const dayNames = Array.from({ length: days }, (_, i) => toDay(new Date(since.getTime() + i * DAY_MS)));
    const byDay = (some: typeof calls) => {
      const perDay = Map.groupBy(some, (row) => row.day);
      return dayNames.map((day) => ({ day, ...toFigures(tallyOf(perDay.get(day) ?? [])) }));
    };
    const callers = busiestFirst(Map.groupBy(toolCalls, (row) => row.caller));
    const names = await namesOf(callers.map(([caller]) => caller));
    return {
      days,
      ...toFigures(tallyOf(calls)),
      tools: toFigures(tallyOf(toolCalls)),
      toolsByDay: byDay(toolCalls),
      protocolMessages: calls.reduce((sum, row) => sum + (isRecorded(row.method) ? 0 : row.calls), 0),
      bytesIn: rows.reduce((sum, row) => sum + Number(row.bytesIn), 0),
      bytesOut: rows.reduce((sum, row) => sum + Number(row.bytesOut), 0),
      coldCalls: calls.reduce((sum, row) => sum + (row.cold ? row.calls : 0), 0),
      byDay: byDay(calls),
      byTool: busiestFirst(Map.groupBy(tools, (row) => row.tool)).map(([tool, figures]) => ({ tool, ...figures })),
      byToolAndDay: [...Map.groupBy(tools, (row) => `${row.day} ${row.tool}`)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, alike]) => ({ tool: key.slice(11), day: key.slice(0, 10), ...toFigures(tallyOf(alike)) })),
      byMethod: busiestFirst(Map.groupBy(calls, (row) => row.method)).map(([method, figures]) => ({
        method,
        ...figures,
      })),
      byCaller: callers.map(([caller, figures]) => ({ caller, name: names.get(caller) ?? null, ...figures })),
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
  const sum: Tally = { calls: 0, errors: 0, buckets: [], samples: [] };
  for (const row of rows) {
    sum.calls += row.calls;
    sum.errors += row.errors;
    addBuckets(sum.buckets, row.buckets);
    sum.samples.push(...row.samples);
  }
  return sum;
};

const isRecorded = (method: string): boolean => (RECORDED_METHODS as readonly string[]).includes(method);

/** Rows that were written before durations were kept have none, and are only counted. */
const toFigures = ({ calls, errors, buckets, samples }: Tally): UsageFigures => {
  const isExact = calls <= SAMPLES_MAX && samples.length === calls;
  const at = (share: number) => (isExact ? exactPercentile(samples, share) : percentile(buckets, share));
  return { calls, errors, p50Ms: at(0.5), p95Ms: at(0.95) };
};

const busiestFirst = (groups: Map<string, Tally[]>): [string, UsageFigures][] =>
  [...groups]
    .map(([key, rows]): [string, UsageFigures] => [key, toFigures(tallyOf(rows))])
    .sort(([a, left], [b, right]) => right.calls - left.calls || (a < b ? -1 : 1));
