import { setTimeout as delay } from 'node:timers/promises';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { LogStream } from '#prisma/generated/client/enums.ts';
import type { Events } from '#server/domain/events.ts';
import { saveLogs } from './save.ts';

export type LogLine = { at: Date; stream: LogStream; text: string };

export interface LogFeed {
  /**
   * The last `tail` lines, oldest first: those saved, once what the hosts of its machines have beyond them is saved
   * too. A machine that rests, or does not answer in time, is not waited for. The caller must have been authorized.
   */
  history(deploymentId: string, tail: number): Promise<LogLine[]>;
  /** The last `tail` lines kept, then every new one, live from the machines' hosts, until the signal ends it. */
  follow(deploymentId: string, tail: number, signal: AbortSignal): AsyncIterable<LogLine>;
}

export type LogFeedDeps = {
  prisma: PrismaClient;
  events: Events;
  host: HostClient;
  targetOf(machine: Machine): Promise<HostTarget | null>;
};

/** Lines of the past that can be asked for. */
export const LOG_TAIL_MAX = 5_000;
const QUEUE_MAX = 10_000;
/** After a host's stream broke off, before it is asked again; a changed machine is noticed at once by its event. */
const RECONNECT_MS = 1_000;
/** How long a look at the past waits for a host. */
const CATCH_UP_MS_MAX = 2_000;

export function createLogFeed(deps: LogFeedDeps): LogFeed {
  return {
    history: async (deploymentId, tail) => {
      const machines = await deps.prisma.machine.findMany({
        where: { deploymentId, address: { not: null }, deployment: { status: { notIn: ['ASLEEP', 'STOPPED'] } } },
      });
      await Promise.allSettled(
        machines.map((machine) => saveLogs(deps, machine, AbortSignal.timeout(CATCH_UP_MS_MAX))),
      );
      const rows = await readHistory(deps.prisma, deploymentId, tail);
      return rows.map(({ at, stream, text }) => ({ at, stream, text }));
    },
    follow: async function* (deploymentId, tail, signal) {
      const ended = new AbortController();
      const stop = AbortSignal.any([signal, ended.signal]);
      const queue = createQueue<LogLine>(QUEUE_MAX, stop);
      // Listen first, so that a machine which comes while the history is read is not missed.
      const changes = deps.events.subscribe('deployment', deploymentId, stop);
      try {
        const cursors = await savedCursors(deps.prisma, deploymentId);
        for (const { machineRowId, cursor, ...line } of await readHistory(deps.prisma, deploymentId, tail)) {
          cursors.set(machineRowId, cursor);
          yield line;
        }
        const attaching = attachAll(deps, deploymentId, changes, cursors, queue.push, stop).finally(() =>
          ended.abort(),
        );
        attaching.catch(() => {}); // awaited below
        yield* queue;
        await attaching;
      } finally {
        ended.abort();
      }
    },
  };
}

/** The last `tail` lines that were saved, oldest first. */
async function readHistory(prisma: PrismaClient, deploymentId: string, tail: number) {
  const rows = await prisma.logEntry.findMany({
    where: { deploymentId },
    orderBy: { id: 'desc' },
    take: Math.min(Math.max(tail, 0), LOG_TAIL_MAX),
    select: { machineRowId: true, cursor: true, at: true, stream: true, text: true },
  });
  return rows.reverse();
}

/**
 * Up to where each machine's lines are saved. The past that a reader did not ask for must not come from its host either.
 * Read before the history, whose own cursors are newer; a machine that comes later is read from its beginning.
 */
async function savedCursors(prisma: PrismaClient, deploymentId: string): Promise<Map<string, string>> {
  const rows = await prisma.machine.findMany({ where: { deploymentId }, select: { id: true, logCursor: true } });
  return new Map(rows.flatMap(({ id, logCursor }) => (logCursor === null ? [] : [[id, logCursor] as const])));
}

/** Keeps one stream open to each machine of the deployment that has an address. Throws when the rows cannot be read. */
async function attachAll(
  deps: LogFeedDeps,
  deploymentId: string,
  changes: AsyncIterable<string>,
  cursors: Map<string, string>,
  push: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const attached = new Set<string>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {}); // raced below; it may fail when no caller waits for it
  const attach = async () => {
    const machines = await deps.prisma.machine.findMany({ where: { deploymentId, address: { not: null } } });
    for (const machine of machines) {
      const key = `${machine.id} ${machine.address}`;
      if (attached.has(key)) continue;
      attached.add(key);
      pump(deps, machine, cursors, push, signal)
        .finally(() => attached.delete(key))
        .catch(failed.reject);
    }
  };
  const follow = async () => {
    await attach();
    for await (const _ of changes) await attach();
  };
  await Promise.race([follow(), failed.promise]);
}

async function pump(
  deps: LogFeedDeps,
  machine: Machine,
  cursors: Map<string, string>,
  push: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const target = await deps.targetOf(machine);
    if (!target) return;
    try {
      const cursor = cursors.get(machine.id) ?? null;
      for await (const line of deps.host.logs(target, { cursor, follow: true, signal })) {
        cursors.set(machine.id, line.id);
        push({ at: new Date(line.at), stream: line.stream, text: line.text });
      }
    } catch {
      // The machine stopped or is out of reach: its row says so, and whether there is anything to come back to.
    }
    if (signal.aborted) return;
    await delay(RECONNECT_MS, undefined, { signal }).catch(() => {}); // the loop sees the abort
    const row = await deps.prisma.machine.findUnique({ where: { id: machine.id }, select: { address: true } });
    if (row?.address !== machine.address) return; // the next event attaches to where it is now
  }
}

/** Hands pushed items to one reader; drops the oldest when it does not keep up. */
function createQueue<Item>(max: number, signal: AbortSignal) {
  const items: Item[] = [];
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    push: (item: Item) => {
      if (items.length >= max) items.shift();
      items.push(item);
      wake();
    },
    async *[Symbol.asyncIterator]() {
      while (!signal.aborted) {
        while (items.length > 0) yield items.shift() as Item; // length was checked
        if (signal.aborted) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
