import type { PrismaClient } from '#prisma/client.ts';
import type { DeploymentPhase, DeploymentStatus } from '#prisma/generated/client/enums.ts';
import { isActive, isAsleep } from '../status.ts';

const WINDOW_MS = 7 * 86_400_000;
const CALLERS_MAX = 5;

export type SleepReport = {
  /** Null while it is awake, or being woken. */
  asleepSince: Date | null;
  /** Wakes of the last 7 days. */
  wakes: number;
  /** The part of the last 7 days, or of its life, in which its machine ran, from 0 to 1. */
  awakeShare: number;
  /** Callers whose calls waited for a wake in the last 7 days, those with the most calls first. */
  wokenBy: { name: string; calls: number }[];
};

export type SleepEvent = { at: Date; status: DeploymentStatus; phase: DeploymentPhase | null };

const sleeps = (event: SleepEvent): boolean => isAsleep(event) && event.phase === null;
const hasMachine = (event: SleepEvent): boolean => isActive(event) && !sleeps(event);

/**
 * Adds up, from events in order of time, since when a deployment sleeps, how often it was woken and how long its machine
 * ran. `since`: the beginning of the window; of the events before it only the last one counts.
 */
export function addUpSleep(events: readonly SleepEvent[], since: Date, now: Date): Omit<SleepReport, 'wokenBy'> {
  let before: SleepEvent | null = null;
  let asleepSince: Date | null = null;
  let wakes = 0;
  let awakeMs = 0;
  let totalMs = 0;
  const pass = (until: Date) => {
    if (before === null) return;
    const ms = Math.max(0, until.getTime() - Math.max(before.at.getTime(), since.getTime()));
    totalMs += ms;
    if (hasMachine(before)) awakeMs += ms;
  };
  for (const event of events) {
    pass(event.at);
    if (before !== null && sleeps(before) && !sleeps(event) && isAsleep(event) && event.at >= since) wakes += 1;
    if (!sleeps(event)) asleepSince = null;
    else if (before === null || !sleeps(before)) asleepSince = event.at;
    before = event;
  }
  pass(now);
  return { asleepSince, wakes, awakeShare: totalMs === 0 ? 1 : awakeMs / totalMs };
}

/** Reads how a deployment slept in the last 7 days. */
export async function readSleepReport(prisma: PrismaClient, deploymentId: string, now: Date): Promise<SleepReport> {
  const since = new Date(now.getTime() - WINDOW_MS);
  const select = { at: true, status: true, phase: true } as const;
  const [earlier, within, calls] = await Promise.all([
    prisma.deploymentEvent.findFirst({
      where: { deploymentId, at: { lt: since } },
      orderBy: { id: 'desc' },
      select,
    }),
    prisma.deploymentEvent.findMany({ where: { deploymentId, at: { gte: since } }, orderBy: { id: 'asc' }, select }),
    prisma.usageRollup.groupBy({
      by: ['caller'],
      where: { deploymentId, cold: true, day: { gte: since } },
      _sum: { calls: true },
      orderBy: { _sum: { calls: 'desc' } },
      take: CALLERS_MAX,
    }),
  ]);
  const names = await namesOf(
    prisma,
    calls.map(({ caller }) => caller),
  );
  return {
    ...addUpSleep(earlier ? [earlier, ...within] : within, since, now),
    wokenBy: calls.map(({ caller, _sum }) => ({ name: names.get(caller) ?? UNNAMED, calls: _sum.calls ?? 0 })),
  };
}

const UNNAMED = 'A caller that was removed';
const PUBLIC = 'public';

async function namesOf(prisma: PrismaClient, callers: string[]): Promise<ReadonlyMap<string, string>> {
  const ids = callers.filter((caller) => caller !== PUBLIC);
  const [tokens, connections] = await Promise.all([
    prisma.accessToken.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } }),
    prisma.oAuthConnection.findMany({
      where: { id: { in: ids } },
      select: { id: true, client: { select: { name: true } } },
    }),
  ]);
  return new Map([
    [PUBLIC, 'Callers without a token'],
    ...tokens.map(({ id, name }) => [id, name] as const),
    ...connections.map(({ id, client }) => [id, client.name ?? 'An OAuth client'] as const),
  ]);
}
