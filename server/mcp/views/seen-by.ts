import type { Grant } from '../access.ts';
import type { EndpointPath } from '../endpoint-path.ts';
import type { Refusal } from '../refusal.ts';
import * as refusals from '../refusals.ts';
import type { Route } from '../route.ts';

/**
 * Finds the view through which a caller sees the deployment: that of the address, or the one that its token is bound to,
 * which the plain address serves as well. The grant is returned with it; a refusal where both disagree or there is no such view.
 */
export function seenBy({ views }: Pick<Route, 'views'>, { view: name }: EndpointPath, grant: Grant): Grant | Refusal {
  if (name === null) return grant;
  const view = views.find((one) => one.name === name);
  if (view === undefined) return refusals.unknownEndpoint;
  if (grant.viewId === undefined) return { ...grant, viewId: view.id };
  return grant.viewId === view.id ? grant : refusals.anotherView;
}

export const isGrant = (seen: Grant | Refusal): seen is Grant => 'kind' in seen;
