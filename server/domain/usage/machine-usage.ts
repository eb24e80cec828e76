import type { PrismaClient } from '#prisma/client.ts';
import { SAMPLE_MS } from './machine-samples.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX = 90;

type MachineRange = 'HOUR' | 'DAY';

const RECENT: Record<MachineRange, { steps: number; stepMs: number }> = {
  HOUR: { steps: 12, stepMs: SAMPLE_MS },
  DAY: { steps: 96, stepMs: 3 * SAMPLE_MS },
};

/** What a machine had and used within one step of time. Null where the machine was not awake. */
export type MachineUsagePoint = {
  at: Date;
  /** The most at any sample. */
  sessions: number | null;
  memoryBytes: number | null;
  /** Share of one processor core that it used, of the whole step: 0.5 is half a core, more than 1 are several. */
  processorShare: number | null;
};

type Row = { step: number; sessions: number; memoryBytes: bigint | number | null; processorMs: number | null };

const pointsOf = (rows: readonly Row[], since: number, { steps, stepMs }: { steps: number; stepMs: number }) => {
  const known = new Map(rows.map((row) => [row.step, row]));
  return Array.from({ length: steps }, (_, step): MachineUsagePoint => {
    const row = known.get(step);
    return {
      at: new Date(since + step * stepMs),
      sessions: row?.sessions ?? null,
      memoryBytes: row?.memoryBytes == null ? null : Number(row.memoryBytes),
      processorShare: row?.processorMs == null ? null : row.processorMs / stepMs,
    };
  });
};

/** The last hour or day of a deployment's machine, oldest step first. The caller must have been authorized. */
async function readRecent(
  prisma: PrismaClient,
  now: Date,
  deploymentId: string,
  range: MachineRange,
): Promise<MachineUsagePoint[]> {
  const { steps, stepMs } = RECENT[range];
  const last = Math.floor(now.getTime() / stepMs) * stepMs;
  const since = last - (steps - 1) * stepMs;
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT floor(extract(epoch FROM "at" - ${new Date(since)}::timestamptz) * 1000 / ${stepMs})::int AS "step",
      max("sessions") AS "sessions", max("memoryBytes") AS "memoryBytes", sum("processorMs") AS "processorMs"
    FROM "MachineSample" WHERE "deploymentId" = ${deploymentId}::uuid AND "at" >= ${new Date(since)}
    GROUP BY 1`;
  return pointsOf(rows, since, RECENT[range]);
}

async function readDays(
  prisma: PrismaClient,
  now: Date,
  deploymentId: string,
  days: number,
): Promise<MachineUsagePoint[]> {
  const steps = Math.min(DAYS_MAX, Math.max(1, Math.floor(days)));
  const last = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const since = last - (steps - 1) * DAY_MS;
  const rows = await prisma.machineDay.findMany({ where: { deploymentId, day: { gte: new Date(since) } } });
  const placed = rows.map(({ day, ...row }) => ({ ...row, step: Math.round((day.getTime() - since) / DAY_MS) }));
  return pointsOf(placed, since, { steps, stepMs: DAY_MS });
}

/** `over`: the last hour in steps of 5 minutes, the last day in quarters of an hour, or a number of days, today included. */
export const readMachineUsage = (
  { prisma, now }: { prisma: PrismaClient; now: () => Date },
  deploymentId: string,
  over: MachineRange | number,
): Promise<MachineUsagePoint[]> =>
  typeof over === 'number'
    ? readDays(prisma, now(), deploymentId, over)
    : readRecent(prisma, now(), deploymentId, over);
