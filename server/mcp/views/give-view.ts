import { type HeldView, VIEW_HEADER, VIEW_WANTED_HEADER } from '#deploy/host/view-contract.ts';
import type { Grant } from '../access.ts';
import { withValues } from '../personal/with-values.ts';
import type { MachineTarget, Route } from '../route.ts';
import type { Sockets } from '../upstream.ts';
import { viewIn } from './view-in.ts';

const GIVE_MS_MAX = 15_000;

/** Delivers the rules of views to hosts. */
export type ViewsDeps = { give(target: MachineTarget, view: HeldView, signal: AbortSignal): Promise<void> };

/** Names the revision that each request needs, and gives the rules to a host that does not hold them. */
export function createThroughView(deps: ViewsDeps | null) {
  /** Once for any number of calls that wait for the same. */
  const underWay = new Map<string, Promise<void>>();

  const give = (target: MachineTarget, { id, revision, rules }: HeldView): Promise<void> => {
    const key = `${target.machineId} ${id} ${revision}`;
    const running = underWay.get(key);
    if (running) return running;
    const started = (
      deps?.give(target, { id, revision, rules }, AbortSignal.timeout(GIVE_MS_MAX)) ?? Promise.resolve()
    ).finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };

  return {
    /** The sockets for a caller; those that were given where it sees the whole server. */
    sockets(upstream: Sockets, route: Route, grant: Grant, target: MachineTarget): Sockets {
      const view = viewIn(route, grant);
      if (view === null) return upstream;
      return withValues(upstream, [VIEW_HEADER, String(view.revision)], () => give(target, view), VIEW_WANTED_HEADER);
    },
    give,
  };
}

export type ThroughView = ReturnType<typeof createThroughView>;
