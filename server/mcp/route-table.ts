import type { Events } from '#server/domain/events.ts';
import type { Route } from './route.ts';

/** While messages can be missed, how long an entry may be believed before it is read again. */
const ENTRY_MS_MAX_WHILE_DOWN = 5_000;
/** How long entries that cannot be read again are believed, unless set otherwise: a failover of the database takes less. */
export const OUTAGE_MS_MAX = 60_000;
/** After a failed read, for how long entries are believed without another try. */
const RETRY_MS = 1_000;
/** How long a request waits for a read before it goes on with the entry from before the outage. */
const READ_MS_MAX_WHILE_DOWN = 1_000;
/** An entry younger than this is believed against the upstream's word, so that a broken machine costs one read a second. */
const STALE_MS_MIN = 1_000;
const ENTRIES_MAX = 50_000;
/** Ids that lead nowhere are kept apart, so that guessing them cannot push live routes out. */
const UNKNOWN_MAX = 10_000;
/** How often a read is restarted because the row changed under it. */
const READS_MAX = 5;

export type RouteTableDeps = {
  load: (deploymentId: string) => Promise<Route | null>;
  events: Pick<Events, 'on' | 'onConnection'>;
  nowMs: () => number;
  /** How long entries are believed that cannot be read again. */
  outageMsMax?: number | undefined;
};

/** The route cannot be read, and there is no entry that may still be believed. */
export class RouteUnavailableError extends Error {
  constructor(cause: unknown) {
    super('The route of a deployment cannot be read: the database is away.', { cause });
    this.name = 'RouteUnavailableError';
  }
}

/** `dropped` is what was known of the deployment until now; null when nothing was. */
export type InvalidationListener = (deploymentId: string | null, dropped: Route | null) => void;

export interface RouteTable {
  /** Returns the cached route at once; `undefined` means: call `resolve`. */
  peek(deploymentId: string): Route | null | undefined;
  /** The route; null when there is no such deployment. One read for any number of callers. */
  resolve(deploymentId: string): Promise<Route | null>;
  invalidate(deploymentId: string): void;
  /** The upstream did not answer as the machine we take it for: the entry is dropped unless it was only just read. */
  markStale(deploymentId: string): void;
  /** Calls back after an entry, or (null) every entry, was dropped. Returns the way to stop. */
  onInvalidated(listener: InvalidationListener): () => void;
  close(): void;
}

type Entry = { route: Route | null; readAtMs: number; isStale: boolean };
/** One read under way. `moved` is its key's generation: once set, its result is too old to keep. */
type Read = { moved: boolean; result: Promise<Route | null> };

/**
 * The endpoint's memory of deployments. It is filled by reads and emptied by events; an entry is filled only if nothing
 * was heard about its key since the read began, all are dropped when LISTEN comes back, and while it is down an entry is
 * read again after five seconds. Where that fails the database is away: the entry is then believed for the time of a
 * failover, counted from the moment at which it was last certain.
 */
export function createRouteTable({ load, events, nowMs, outageMsMax = OUTAGE_MS_MAX }: RouteTableDeps): RouteTable {
  const known = new Map<string, Entry>();
  const unknown = new Map<string, Entry>();
  const reads = new Map<string, Read>();
  const listeners = new Set<InvalidationListener>();
  let listening = true; // events are handed over with LISTEN established
  let lostAtMs = 0;
  let failedAtMs = Number.NEGATIVE_INFINITY;

  const notify: InvalidationListener = (deploymentId, dropped) => {
    for (const listener of [...listeners]) listener(deploymentId, dropped);
  };

  const forgetRead = (deploymentId: string) => {
    const read = reads.get(deploymentId);
    if (read) read.moved = true;
    reads.delete(deploymentId);
  };

  const invalidate = (deploymentId: string) => {
    const dropped = known.get(deploymentId)?.route ?? null;
    known.delete(deploymentId);
    unknown.delete(deploymentId);
    forgetRead(deploymentId);
    notify(deploymentId, dropped);
  };

  const flush = () => {
    known.clear();
    unknown.clear();
    for (const read of reads.values()) read.moved = true;
    reads.clear();
    notify(null, null);
  };

  const keep = (deploymentId: string, entry: Entry) => {
    const entries = entry.route ? known : unknown;
    if (entries.size >= (entry.route ? ENTRIES_MAX : UNKNOWN_MAX)) {
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        break;
      }
    }
    entries.set(deploymentId, entry);
  };

  const peek = (deploymentId: string): Route | null | undefined => {
    const entry = known.get(deploymentId) ?? unknown.get(deploymentId);
    if (entry === undefined || entry.isStale) return undefined;
    if (!listening && nowMs() - entry.readAtMs > ENTRY_MS_MAX_WHILE_DOWN) return undefined;
    return entry.route;
  };

  /** The entry from before the outage, while it may be believed; undefined otherwise. */
  const peekStale = (deploymentId: string): Route | null | undefined => {
    const entry = known.get(deploymentId) ?? unknown.get(deploymentId);
    if (entry === undefined) return undefined;
    const certainAtMs = listening ? nowMs() : Math.max(entry.readAtMs, lostAtMs);
    return nowMs() - certainAtMs <= outageMsMax ? entry.route : undefined;
  };

  /** A read, or the entry from before the outage when the read fails or takes too long. */
  const readOrStale = async (deploymentId: string): Promise<{ route: Route | null; moved: boolean }> => {
    const stale = peekStale(deploymentId);
    if (stale !== undefined && nowMs() - failedAtMs < RETRY_MS) return { route: stale, moved: false };
    const started = read(deploymentId);
    const late = Promise.withResolvers<never>();
    const isBounded = stale !== undefined && !listening;
    const timer = isBounded ? setTimeout(late.reject, READ_MS_MAX_WHILE_DOWN, new Error('Too slow.')) : undefined;
    try {
      const route = await Promise.race([started.result, late.promise]);
      return { route, moved: started.moved };
    } catch (error) {
      failedAtMs = nowMs();
      if (stale === undefined) throw new RouteUnavailableError(error);
      return { route: stale, moved: false };
    } finally {
      clearTimeout(timer);
    }
  };

  const read = (deploymentId: string): Read => {
    const under = reads.get(deploymentId);
    if (under) return under;
    const started: Read = { moved: false, result: Promise.resolve(null) };
    const readAtMs = nowMs();
    started.result = load(deploymentId).then(
      (route) => {
        if (started.moved) return route;
        reads.delete(deploymentId);
        keep(deploymentId, { route, readAtMs, isStale: false });
        return route;
      },
      (error: unknown) => {
        if (!started.moved) reads.delete(deploymentId);
        throw error;
      },
    );
    reads.set(deploymentId, started);
    return started;
  };

  const stops = [
    events.on('deployment', null, invalidate),
    events.on('access', null, invalidate),
    events.onConnection((state) => {
      if (listening && state === 'down') lostAtMs = nowMs();
      listening = state === 'up';
      if (listening) flush();
    }),
  ];

  return {
    peek,
    resolve: async (deploymentId) => {
      for (let attempt = 1; ; attempt += 1) {
        const cached = peek(deploymentId);
        if (cached !== undefined) return cached;
        const { route, moved } = await readOrStale(deploymentId);
        if (!moved || attempt >= READS_MAX) return route;
      }
    },
    invalidate,
    markStale: (deploymentId) => {
      const entry = known.get(deploymentId);
      if (!entry || entry.isStale || nowMs() - entry.readAtMs < STALE_MS_MIN) return;
      entry.isStale = true; // kept, for when the database is away
      forgetRead(deploymentId);
      notify(deploymentId, entry.route);
    },
    onInvalidated: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      for (const stop of stops) stop();
      listeners.clear();
    },
  };
}
