import type { OpenExchanges } from '../open-exchanges.ts';
import type { RouteTable } from '../route-table.ts';
import type { ThroughView } from './give-view.ts';
import { viewIn } from './view-in.ts';

export type PushViewsDeps = {
  routes: RouteTable;
  open: OpenExchanges;
  views: Pick<ThroughView, 'give'>;
  onError: (error: unknown, deploymentId: string) => void;
};

/**
 * Gives changed rules to hosts at once: a client that only listens sends no request that would bring them. The instance
 * that holds its stream does it, whichever instance made the change. Returns the way to stop.
 */
export function pushViews({ routes, open, views, onError }: PushViewsDeps): () => void {
  const push = async (deploymentId: string) => {
    const streams = open.of(deploymentId).filter(({ grant }) => grant.viewId !== undefined);
    if (streams.length === 0) return;
    const route = await routes.resolve(deploymentId);
    if (route?.current == null) return;
    const { current } = route;
    const seen = new Set(streams.flatMap(({ grant }) => viewIn(route, grant) ?? []));
    await Promise.all([...seen].map((view) => views.give(current, view)));
  };
  return routes.onInvalidated((deploymentId) => {
    const changed = deploymentId === null ? open.deployments() : [deploymentId];
    for (const id of changed) push(id).catch((error: unknown) => onError(error, id));
  });
}
