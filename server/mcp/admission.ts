import { networkOf } from '#server/domain/network.ts';
import { authorize, type BundleGrant, type Grant, isStillGranted, toPrincipal } from './access.ts';
import type { EndpointDeps } from './endpoint-deps.ts';
import type { EndpointRequest } from './gate.ts';
import type { Outcome, Refusal } from './refusal.ts';
import * as refusals from './refusals.ts';
import type { Route } from './route.ts';
import { isGrant, seenBy } from './views/seen-by.ts';

export type AdmissionDeps = Pick<EndpointDeps, 'routes' | 'nowMs' | 'oauth' | 'rateLimit'> & {
  addressOf: NonNullable<EndpointDeps['addressOf']>;
  dispatch(request: EndpointRequest, route: Route, grant: Grant, isCold: boolean): Outcome | Promise<Outcome>;
  /** The same after a wait, in which the right to call may have ended. */
  dispatchIfGranted(request: EndpointRequest, route: Route, grant: Grant, isCold: boolean): Promise<Outcome>;
  unauthorized(request: EndpointRequest, route: Route): Refusal;
};

/** Decides who may call: finds the deployment and the right of the caller, and counts requests against their limit. */
export function createAdmission(deps: AdmissionDeps) {
  const { routes, nowMs, addressOf, oauth = null, rateLimit = null } = deps;

  /** Admits a request whose route is not in memory, whose token is of OAuth, or that counts against a rate limit. */
  const later = async (request: EndpointRequest): Promise<Outcome> => {
    const { head, path } = request;
    const address = () => addressOf(request.req);
    const network = () => networkOf(address());
    if (rateLimit && routes.peek(path.deploymentId) === undefined) {
      // guessing ids would make each guess a read of the database
      const seconds = await rateLimit.consume(`look-up:${network()}`);
      if (seconds !== null) return refusals.tooManyRequests(seconds);
    }
    let route = await routes.resolve(path.deploymentId);
    const authorized = () => route && authorize(route, head.bearer, address, nowMs());
    let grant = authorized();
    if (route !== null && grant === null && head.bearer !== null) {
      // The token may be newer than the route: another instance made it a moment ago. One read a second at most.
      routes.markStale(path.deploymentId);
      route = await routes.resolve(path.deploymentId);
      grant = authorized();
    }
    if (grant === 'ask-oauth') {
      grant = oauth && head.bearer !== null ? await oauth.verify(path.deploymentId, head.bearer, path.view) : null;
    }
    if (rateLimit) {
      const key = grant === null || grant.kind === 'public' ? `address:${network()}` : toPrincipal(grant);
      const seconds = await rateLimit.consume(key);
      if (seconds !== null) return refusals.tooManyRequests(seconds);
    }
    if (route === null) return refusals.unknownEndpoint;
    if (grant === null) return deps.unauthorized(request, route);
    const seen = seenBy(route, path, grant);
    if (isGrant(seen)) return deps.dispatchIfGranted(request, route, seen, false);
    // Another view has the name that the token was issued for: the client obtains a token for that view.
    return seen === refusals.anotherView && grant.kind === 'oauth' ? deps.unauthorized(request, route) : seen;
  };

  /** Admits a request without a promise when everything is in memory; otherwise returns undefined. */
  const atOnce = (request: EndpointRequest): Outcome | Promise<Outcome> | undefined => {
    if (rateLimit !== null) return undefined;
    const route = routes.peek(request.path.deploymentId);
    if (!route) return undefined;
    const grant = authorize(route, request.head.bearer, () => addressOf(request.req), nowMs());
    if (grant === null || grant === 'ask-oauth') return undefined;
    const seen = seenBy(route, request.path, grant);
    return isGrant(seen) ? deps.dispatch(request, route, seen, false) : seen;
  };

  /** Admits a call of a bundle to one of its deployments. The caller was let in, and counted, at the bundle. */
  const ofBundle = async (request: EndpointRequest, grant: BundleGrant): Promise<Outcome> => {
    const route = await routes.resolve(request.path.deploymentId);
    if (route === null || !(await isStillGranted(route, grant, oauth, nowMs()))) return refusals.unknownEndpoint;
    return deps.dispatchIfGranted(request, route, grant, false);
  };

  return { atOnce, later, ofBundle };
}
