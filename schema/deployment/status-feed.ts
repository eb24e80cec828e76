import { notFound } from '#server/domain/errors.ts';
import { listReachable, reachable } from '#server/domain/reach.ts';
import type { GraphqlContext } from '../context.ts';
import type { Look } from '../live.ts';
import { goneEvent, type StatusEvent } from './status-event.ts';

type Reading = Pick<GraphqlContext, 'prisma' | 'shareRead'>;

const columns = { id: true, deploymentId: true, status: true, phase: true, message: true, at: true } as const;

/**
 * Looks at one deployment that a person may operate: its present state first, then every event since the last look, in order. Event
 * ids of one deployment grow in the order they were committed, because each is written under the row's lock.
 */
export function deploymentLook({ prisma, shareRead }: Reading, userId: string, deploymentId: string) {
  let cursor: bigint | null = null;

  const read = () =>
    prisma.deployment.findFirst({
      where: { id: deploymentId, ...reachable(userId, 'OPERATE') },
      select: {
        status: true,
        phase: true,
        updatedAt: true,
        events: {
          select: columns,
          ...(cursor === null
            ? { orderBy: { id: 'desc' }, take: 1 }
            : { orderBy: { id: 'asc' }, where: { id: { gt: cursor } } }),
        },
      },
    });

  return async (): Promise<Look<StatusEvent>> => {
    const deployment = await shareRead(`deployment ${userId} ${deploymentId} ${cursor}`, read);
    const isFirst = cursor === null;
    if (!deployment) {
      if (isFirst) throw notFound('The deployment');
      return { values: [goneEvent(deploymentId)], done: true };
    }
    const { events, status, phase, updatedAt } = deployment;
    cursor = events.at(-1)?.id ?? cursor ?? 0n;
    if (!isFirst) return { values: events, done: false };
    const message = events[0]?.message ?? 'Waiting for a worker.';
    const at = events[0]?.at ?? updatedAt;
    return { values: [{ deploymentId, status, phase, message, at }], done: false };
  };
}

/**
 * Rows of different deployments are committed in another order than their ids were given out. So each look reads
 * again what lies this far behind the newest id seen, and leaves out what it has shown.
 */
const LOOK_BACK = 500n;

/** Looks at all deployments that a person may operate: every event since the first look, and those that are gone. */
export function deploymentsLook({ prisma, shareRead }: Reading, userId: string) {
  let newest = -1n;
  let seen = new Set<bigint>();
  let present = new Set<string>();

  const read = async () => {
    const floor = newest - LOOK_BACK;
    const where = await listReachable(prisma, userId, 'OPERATE');
    const events = await prisma.deploymentEvent.findMany({
      where: { deployment: where, ...(newest < 0n ? {} : { id: { gt: floor } }) },
      select: columns,
      orderBy: { id: newest < 0n ? 'desc' : 'asc' },
      ...(newest < 0n ? { take: Number(LOOK_BACK) } : {}),
    });
    const ids = await prisma.deployment.findMany({ where, select: { id: true } });
    return { events, now: new Set(ids.map(({ id }) => id)) };
  };

  return async (): Promise<Look<StatusEvent>> => {
    const isFirst = newest < 0n;
    const { events, now } = await shareRead(`deployments ${userId} ${newest}`, read);
    const fresh = events.filter(({ id }) => !seen.has(id));
    const gone = [...present].filter((id) => !now.has(id));
    if (isFirst) newest = 0n;
    for (const { id } of events) if (id > newest) newest = id;
    seen = new Set(events.map(({ id }) => id));
    present = now;
    return { values: isFirst ? [] : [...fresh, ...gone.map(goneEvent)], done: false };
  };
}
