import { isServing } from '#server/domain/deployments/status.ts';
import type { Route } from './route.ts';
import type { RouteTable } from './route-table.ts';
import type { Upstream } from './upstream.ts';

export type WatchMachinesDeps = {
  routes: Pick<RouteTable, 'onInvalidated' | 'resolve'>;
  upstream: Pick<Upstream, 'has' | 'forget'>;
  onError: (error: unknown, deploymentId: string) => void;
};

/**
 * Closes idle sockets to machines that a deployment no longer calls: a machine that wakes up would find dead
 * connections, and a deleted machine may leave its address to another one. Returns a function that stops it.
 */
export function watchMachines({ routes, upstream, onError }: WatchMachinesDeps): () => void {
  const look = async (deploymentId: string, origins: string[]) => {
    const route = await routes.resolve(deploymentId);
    const called = route === null ? [] : originsOf(route);
    for (const origin of origins) if (!called.includes(origin)) upstream.forget(origin);
  };
  return routes.onInvalidated((deploymentId, dropped) => {
    if (deploymentId === null || dropped === null) return;
    const origins = originsOf(dropped).filter(upstream.has);
    if (origins.length > 0) look(deploymentId, origins).catch((error: unknown) => onError(error, deploymentId));
  });
}

/** Returns the origins that requests of a deployment go to, by its route. */
function originsOf(route: Route): string[] {
  if (!isServing(route)) return [];
  const { current, draining } = route;
  return [...(current ? [current] : []), ...draining].map(({ origin }) => origin);
}
