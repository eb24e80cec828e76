import { isOver } from '#server/domain/deployments/status.ts';
import { isStillGranted, type OAuthAuthority } from './access.ts';
import type { OpenExchanges } from './open-exchanges.ts';
import { callerState, stateName } from './personal/caller-values.ts';
import * as refusals from './refusals.ts';
import type { RouteTable } from './route-table.ts';

/** How soon a stream ends whose token expired: no event tells of that. */
const RECHECK_MS = 5_000;

export type WatchGrantsDeps = {
  routes: RouteTable;
  open: OpenExchanges;
  oauth: OAuthAuthority | null;
  nowMs: () => number;
  onError: (error: unknown, deploymentId: string) => void;
};

/**
 * Ends what is under way when the right to it ends: a revoked token, a closed endpoint, a deployment that was stopped or
 * deleted. A stream may be open for hours, so that it was allowed when it began says nothing. Returns the way to stop.
 */
export function watchGrants({ routes, open, oauth, nowMs, onError }: WatchGrantsDeps): () => void {
  const recheck = async (deploymentId: string) => {
    const exchanges = open.of(deploymentId);
    if (exchanges.length === 0) return;
    const route = await routes.resolve(deploymentId);
    for (const exchange of exchanges) {
      if (route === null) exchange.end(refusals.unknownEndpoint);
      else if (isOver(route)) exchange.end(refusals.stopped(route));
      else if (!(await isStillGranted(route, exchange.grant, oauth, nowMs()))) {
        exchange.end(refusals.unauthorized(true));
      } else if (stateName(callerState(route, exchange.grant)) !== exchange.state) exchange.end(refusals.valuesChanged);
    }
  };
  const start = (deploymentId: string) => {
    recheck(deploymentId).catch((error: unknown) => onError(error, deploymentId));
  };
  const startAll = () => open.deployments().forEach(start);

  const stopListening = routes.onInvalidated((deploymentId) => {
    if (deploymentId === null) startAll();
    else start(deploymentId);
  });
  const timer = setInterval(startAll, RECHECK_MS);
  timer.unref();
  return () => {
    stopListening();
    clearInterval(timer);
  };
}
