import { type HeldView, VIEW_HEADER, VIEW_WANTED_HEADER } from '#deploy/host/view-contract.ts';
import type { Grant } from '../access.ts';
import { createOnceUnderWay } from '../once-under-way.ts';
import { withValues } from '../personal/with-values.ts';
import type { MachineTarget, Route } from '../route.ts';
import type { Sockets } from '../upstream.ts';
import { viewIn } from './view-in.ts';

const GIVE_MS_MAX = 15_000;

/** Delivers the rules of views to hosts. */
export type ViewsDeps = { give(target: MachineTarget, view: HeldView, signal: AbortSignal): Promise<void> };

/** Names the revision that each request needs, and gives the rules to a host that does not hold them. */
export function createThroughView(deps: ViewsDeps | null) {
  const once = createOnceUnderWay();

  /** Gives the rules, once for any number of calls that wait for the same. */
  const give = (target: MachineTarget, { id, revision, rules }: HeldView): Promise<void> =>
    once(`${target.machineId} ${id} ${revision}`, async () =>
      deps?.give(target, { id, revision, rules }, AbortSignal.timeout(GIVE_MS_MAX)),
    );

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
