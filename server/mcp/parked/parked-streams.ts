import { changesBetween, type OfferDigests } from '#server/domain/deployments/rows/offer.ts';
import { isAsleep } from '#server/domain/deployments/status.ts';
import type { UpstreamFor } from '../personal/upstream-for.ts';
import type { MachineTarget, Route } from '../route.ts';
import type { RouteTable } from '../route-table.ts';
import { findSessionMachine } from '../session-id.ts';
import { createKeepAlives } from './keep-alives.ts';
import type { ListeningExchange } from './listening-exchange.ts';
import type { ListsOf } from './lists-of.ts';

/** How long a machine that is awake may take to be reachable on its way. */
const REACH_MS_MAX = 30_000;
/** How often a stream is opened again that its machine lets go of at once. */
const REOPENINGS_MAX = 5;

export type ParkedStreamsDeps = {
  routes: RouteTable;
  upstreamFor: UpstreamFor;
  listsOf: ListsOf;
  /** Waits until the machine of an awake deployment answers. */
  answers: (route: Route, signal: AbortSignal) => Promise<boolean>;
  nowMs: () => number;
  onError: (error: unknown, deploymentId: string) => void;
};

export interface ParkedStreams {
  /** A stream that only listens was opened, at its machine or parked. */
  add(route: Route, exchange: ListeningExchange): void;
  remove(exchange: ListeningExchange): void;
  /** The machine let go of a stream. */
  onLost(exchange: ListeningExchange, finish: () => void): void;
  /** Counts the streams that have no connection to a machine. */
  count(): number;
  close(): void;
}

/**
 * The streams of this instance that only listen. They are parked when their deployment falls asleep, and opened again at
 * its machine when it is awake: every instance learns of both by the message that makes it read the route again.
 */
export function createParkedStreams(deps: ParkedStreamsDeps): ParkedStreams {
  const { routes, upstreamFor, listsOf, nowMs, onError } = deps;
  const streams = new Map<string, Set<ListeningExchange>>();
  const reopenings = new WeakMap<ListeningExchange, number>();
  const keepAlives = createKeepAlives<ListeningExchange>();
  const closing = new AbortController();

  const park = (route: Route, exchange: ListeningExchange) => {
    exchange.park();
    note(route, exchange);
    keepAlives.add(exchange);
  };

  /** Keeps the lists as the client may have seen them. */
  const note = (route: Route, exchange: ListeningExchange) => {
    const { grant, deploymentId } = exchange;
    const lists = listsOf(route, grant);
    exchange.lists =
      lists instanceof Promise
        ? lists.catch((error: unknown) => {
            onError(error, deploymentId);
            return null; // nothing is announced of lists that are not known
          })
        : lists;
  };

  /** The notifications of lists that the client would see differently now; from here on they count as seen. */
  const changesFor = async (route: Route, exchange: ListeningExchange): Promise<string[]> => {
    const before = exchange.lists;
    note(route, exchange); // before anything is awaited: of two that look at once, one announces a change
    const noted = exchange.lists;
    const [seen, present] = await Promise.all([before, noted]);
    // Lists that are not known for a moment are compared when they are.
    if (present === null && exchange.lists === noted) exchange.lists = seen;
    return changesBetween(versionOf(exchange, seen), seen, present);
  };

  /** What a client received through a view is no offer: the lists of its version are those of the other versions. */
  const versionOf = ({ grant, version }: ListeningExchange, seen: OfferDigests | null): string =>
    grant.viewId !== undefined && seen?.[version] === undefined ? '' : version;

  /** Tells clients of views whose rules were changed while their machine sleeps. */
  const announceChanges = async (route: Route, exchanges: readonly ListeningExchange[]): Promise<void> => {
    const inViews = exchanges.filter(({ grant, isParked }) => grant.viewId !== undefined && isParked);
    await Promise.all(
      inViews.map(async (exchange) => {
        for (const change of await changesFor(route, exchange)) exchange.announce(change);
      }),
    );
  };

  const targetOf = (route: Route, { machineId }: ListeningExchange): MachineTarget | null =>
    machineId === null ? route.current : findSessionMachine(route, machineId, nowMs());

  const reopen = (route: Route, exchange: ListeningExchange, changes: readonly string[]) => {
    const target = targetOf(route, exchange);
    const times = (reopenings.get(exchange) ?? 0) + 1;
    reopenings.set(exchange, times);
    keepAlives.delete(exchange);
    if (target === null || times > REOPENINGS_MAX) return exchange.release();
    for (const change of changes) exchange.announce(change);
    exchange.reopen(upstreamFor(route, exchange.grant, target), target);
  };

  const tend = async (deploymentId: string): Promise<void> => {
    const own = () => [...(streams.get(deploymentId) ?? [])];
    if (own().length === 0) return;
    const route = await routes.resolve(deploymentId);
    switch (route?.status) {
      case 'ASLEEP':
        for (const exchange of own()) {
          reopenings.delete(exchange);
          if (!exchange.isParked && exchange.canPark) park(route, exchange);
        }
        await announceChanges(route, own());
        return;
      case 'RUNNING':
      case 'UNHEALTHY': {
        if (!own().some(({ isParked }) => isParked)) return;
        const until = AbortSignal.any([closing.signal, AbortSignal.timeout(REACH_MS_MAX)]);
        const isReachable = await deps.answers(route, until);
        const seen = own().filter(({ isParked }) => isParked);
        const changes = new Map(
          await Promise.all(seen.map(async (one) => [one, await changesFor(route, one)] as const)),
        );
        if (routes.peek(deploymentId) !== route || closing.signal.aborted) return; // the next message comes here, too
        for (const exchange of own()) {
          if (!exchange.isParked || exchange.isReopening) continue;
          if (isReachable) reopen(route, exchange, changes.get(exchange) ?? []);
          else exchange.release();
        }
        return;
      }
      case 'FAILED':
      case 'DEPLOYING':
        for (const exchange of own()) if (exchange.isParked) exchange.release();
        return;
      default: // those of a deployment that was stopped or deleted end with the right to them
    }
  };

  const start = (deploymentId: string) => {
    tend(deploymentId).catch((error: unknown) => onError(error, deploymentId));
  };

  const stopListening = routes.onInvalidated((deploymentId) => {
    if (deploymentId !== null) start(deploymentId);
    else for (const one of streams.keys()) start(one);
  });

  /** Reads the row again: that the machine fell asleep may not be known here yet. */
  const look = async (exchange: ListeningExchange, finish: () => void): Promise<void> => {
    routes.invalidate(exchange.deploymentId);
    const route = await routes.resolve(exchange.deploymentId);
    const sleeps = route !== null && isAsleep(route) && route.answersWhileAsleep;
    if (sleeps && exchange.canPark) park(route, exchange);
    else finish();
  };

  return {
    add: (route, exchange) => {
      const own = streams.get(exchange.deploymentId) ?? new Set();
      streams.set(exchange.deploymentId, own.add(exchange));
      if (!exchange.isParked) return;
      keepAlives.add(exchange);
      note(route, exchange);
    },
    remove: (exchange) => {
      keepAlives.delete(exchange);
      const own = streams.get(exchange.deploymentId);
      if (own?.delete(exchange) && own.size === 0) streams.delete(exchange.deploymentId);
    },
    onLost: (exchange, finish) => {
      if (!exchange.canPark || closing.signal.aborted) {
        finish();
        return;
      }
      look(exchange, finish).catch((error: unknown) => {
        onError(error, exchange.deploymentId);
        finish();
      });
    },
    count: () => keepAlives.size,
    close: () => {
      closing.abort();
      stopListening();
      keepAlives.close();
    },
  };
}
