import type { PrismaClient } from '#prisma/client.ts';
import type { Call, Prisma } from '#prisma/generated/client/client.ts';
import type { CallOutcome } from '#prisma/generated/client/enums.ts';
import type { Events } from '../events.ts';

/** Selects a part of a deployment's calls; what is left out selects all. */
export type CallFilter = {
  /** JSON-RPC methods. */
  methods?: readonly string[] | null;
  /** The exact tool, prompt or address. */
  name?: string | null;
  /** The exact name of the client program. */
  client?: string | null;
  outcomes?: readonly CallOutcome[] | null;
  /** Took at least this many milliseconds. */
  slowerThanMs?: number | null;
  /** The endpoint's id of the request. */
  requestId?: string | null;
  /** One call. */
  id?: string | null;
};

/** A bigint of the database. */
const CALL_ID = /^\d{1,18}$/;
const ENDED_WELL: readonly CallOutcome[] = ['OK', 'INPUT_REQUIRED'];

export function callWhere(deploymentId: string, filter: CallFilter): Prisma.CallWhereInput {
  const { methods, name, client, outcomes, slowerThanMs, requestId, id } = filter;
  return {
    deploymentId,
    ...(methods && methods.length > 0 ? { method: { in: [...methods] } } : {}),
    ...(name ? { name } : {}),
    ...(client ? { clientName: client } : {}),
    ...(outcomes && outcomes.length > 0 ? { outcome: { in: [...outcomes] } } : {}),
    // An index leads to the few that failed.
    ...(outcomes && outcomes.length > 0 && !outcomes.some((one) => ENDED_WELL.includes(one)) ? { failed: true } : {}),
    ...(slowerThanMs === null || slowerThanMs === undefined ? {} : { durationMs: { gte: slowerThanMs } }),
    ...(requestId ? { requestId } : {}),
    ...(id ? { id: CALL_ID.test(id) ? BigInt(id) : 0n } : {}),
  };
}

export interface CallFeed {
  /** Calls of the deployment that are stored from now on, until the signal. The caller must have been authorized. */
  follow(deploymentId: string, filter: CallFilter, signal: AbortSignal): AsyncGenerator<Call>;
}

const BATCH = 500;

export function createCallFeed({
  prisma,
  events,
}: {
  prisma: PrismaClient;
  events: Pick<Events, 'subscribe'>;
}): CallFeed {
  return {
    follow: async function* (deploymentId, filter, signal) {
      // Listen first, so that a call which is stored while the newest one is looked up is not missed.
      const changes = events.subscribe('calls', deploymentId, signal)[Symbol.asyncIterator]();
      const newest = await prisma.call.findFirst({
        where: { deploymentId },
        orderBy: { id: 'desc' },
        select: { id: true },
      });
      let last = newest?.id ?? 0n;
      while (!(await changes.next()).done) {
        for (let page: Call[] | null = null; page === null || page.length === BATCH; ) {
          page = await prisma.call.findMany({
            where: { ...callWhere(deploymentId, filter), id: { gt: last } },
            orderBy: { id: 'asc' },
            take: BATCH,
          });
          yield* page;
          last = page.at(-1)?.id ?? last;
        }
      }
    },
  };
}
