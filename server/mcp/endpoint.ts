import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAsleep } from '#server/domain/deployments/status.ts';
import { networkOf } from '#server/domain/network.ts';
import { createRequestIds } from '../logging/request-id.ts';
import { type Grant, isStillGranted, toPrincipal } from './access.ts';
import { createAdmission } from './admission.ts';
import { createCallLog } from './call-log.ts';
import type { Endpoint, EndpointDeps } from './endpoint-deps.ts';
import { Exchange } from './exchange.ts';
import { type EndpointRequest, passGate } from './gate.ts';
import { createEndpointEventRewriter } from './legacy-sse.ts';
import { createLookRequests } from './look-requests.ts';
import { createOpenExchanges, DEFAULT_EXCHANGE_CAPS } from './open-exchanges.ts';
import { AwaitedExchange } from './parked/awaited-exchange.ts';
import { createDispatchAsleep } from './parked/dispatch-asleep.ts';
import { ListeningExchange } from './parked/listening-exchange.ts';
import { isListening } from './parked/listening-request.ts';
import { createListsOf } from './parked/lists-of.ts';
import { createOfferCache } from './parked/offer-cache.ts';
import { createParkedStreams } from './parked/parked-streams.ts';
import { tellWakeProgress } from './parked/wake-progress.ts';
import { callerState, stateName } from './personal/caller-values.ts';
import { createUpstreamFor } from './personal/upstream-for.ts';
import { createReachability } from './reachability.ts';
import { type Outcome, type Refusal, refuse, sendEnded } from './refusal.ts';
import * as refusals from './refusals.ts';
import { watchMachines } from './replaced-machines.ts';
import { watchGrants } from './revocation.ts';
import type { MachineTarget, Route } from './route.ts';
import { RouteUnavailableError } from './route-table.ts';
import { findSessionMachine, splitSessionId } from './session-id.ts';
import { beginTrace, endTrace } from './trace-request.ts';
import { toTracedCall } from './traced-call.ts';
import { upstreamPath } from './upstream-path.ts';
import { toUsageCall } from './usage-call.ts';
import { createThroughView } from './views/give-view.ts';
import { pushViews } from './views/push-views.ts';
import { createWaker } from './waker.ts';

/** How often a route is read again because it changed while the right to it was checked. */
const LOOKS_MAX = 5;

/** The network whose share a caller takes; null for one with a right of their own. */
const networkOfPublic = (grant: Grant): string | null => (grant.kind === 'public' ? networkOf(grant.address) : null);

/** The session that a request names, with the machine that holds it. */
const sessionOf = ({ path, head }: EndpointRequest): string | null =>
  path.kind === 'messages' ? path.sessionId : head.sessionId;

/**
 * The public endpoint. Checks come in the order in which they cost and reveal the least: host, origin, address, method,
 * the right to call the deployment, rate, what the deployment is doing, caps. With a warm route and a bearer token all
 * of it happens in one go, without a promise.
 */
export function createEndpoint(deps: EndpointDeps): Endpoint {
  const { routes, upstream, policy, nowMs, oauth = null } = deps;
  const addressOf = deps.addressOf ?? ((req) => req.socket.remoteAddress ?? 'unknown');
  const onError = deps.onError ?? (() => {});
  const caps = deps.caps ?? DEFAULT_EXCHANGE_CAPS;
  const open = createOpenExchanges(caps);
  const answers = createReachability(upstream);
  const views = createThroughView(deps.views ?? null);
  const upstreamFor = createUpstreamFor(upstream, deps.values ?? null, deps.lock ?? null, views);
  const offerOf = deps.asleep ? createOfferCache(deps.asleep.loadOffer) : null;
  const listsOf = createListsOf(offerOf);
  const parked = createParkedStreams({ routes, upstreamFor, listsOf, answers, nowMs, onError });
  const waker = createWaker({ routes, wake: deps.wake, answers, holdMsMax: deps.wakeHoldMsMax });
  const stopWatching = watchGrants({ routes, open, oauth, nowMs, onError });
  const stopPushing = pushViews({ routes, open, views, onError });
  const stopWatchingMachines = watchMachines({ routes, upstream, onError });
  const requestIdOf = createRequestIds();
  const calls = createCallLog(deps.calls ?? null, routes);
  let closed = false;
  let draining = false;
  /** Callers that wait for a machine to wake up: they hold no stream yet, and are capped like those that do. */
  const held = createOpenExchanges(caps);

  const requestLook = createLookRequests(nowMs, (deploymentId) => {
    deps.look?.(deploymentId).catch((error: unknown) => onError(error, deploymentId));
  });
  const onStale = (deploymentId: string) => {
    routes.markStale(deploymentId);
    requestLook(deploymentId);
  };

  const onSettled = (exchange: Exchange) => {
    open.remove(exchange);
    if (exchange instanceof ListeningExchange) parked.remove(exchange);
    deps.record?.(toUsageCall(exchange));
    calls.settled(exchange);
    endTrace(exchange);
    deps.trace?.(toTracedCall(exchange.request, exchange.status, exchange.endedBy, exchange.parts.target));
  };

  const forward = (
    request: EndpointRequest,
    route: Route,
    grant: Grant,
    target: MachineTarget,
    { isCold = false, acknowledgment = null }: { isCold?: boolean; acknowledgment?: string | null } = {},
  ): Outcome => {
    const { path, head } = request;
    if (request.res.destroyed) return null;
    if (closed || (draining && request.req.method === 'GET')) return refusals.closing;
    const { deploymentId, ownerId } = route;
    const network = networkOfPublic(grant);
    if (!open.admits({ deploymentId, ownerId, network })) return refusals.tooManyStreams;
    const listens = route.answersWhileAsleep && isListening(request);
    const parts = {
      request,
      deploymentId,
      ownerId,
      network,
      upstreamPath: upstreamPath(path, grant),
      grant,
      principal: toPrincipal(grant),
      caller: calls.labelOf(grant),
      recordsBodies: calls.withBodies(route),
      state: stateName(callerState(route, grant)),
      target,
      sessionId: head.sessionId && (splitSessionId(head.sessionId)?.sessionId ?? null),
      rewriter: path.kind === 'sse' ? createEndpointEventRewriter(target.machineId) : null,
      isCold,
      trace: listens ? null : beginTrace(deps.traces ?? null, request, isCold),
      onSettled,
      onStale,
    };
    if (!listens) {
      // its client was notified that the machine wakes up
      const exchange = request.res.headersSent ? new AwaitedExchange(parts) : new Exchange(parts);
      open.add(exchange);
      exchange.start(upstreamFor(route, grant, target));
      return null;
    }
    const exchange = new ListeningExchange({ ...parts, onLost: parked.onLost });
    open.add(exchange);
    if (isAsleep(route)) exchange.startParked(acknowledgment);
    else exchange.start(upstreamFor(route, grant, target));
    parked.add(route, exchange);
    return null;
  };

  /** Decides by the status of the deployment, once the right to call is settled. */
  const dispatch = (
    request: EndpointRequest,
    route: Route,
    grant: Grant,
    isCold: boolean,
  ): Outcome | Promise<Outcome> => {
    switch (route.status) {
      case 'RUNNING':
      case 'UNHEALTHY': {
        if (!isCold && waker.isUnderWay(route.deploymentId)) return wakeAndDispatch(request, route, grant);
        const session = sessionOf(request);
        if (session === null) {
          return route.current ? forward(request, route, grant, route.current, { isCold }) : refusals.starting(route);
        }
        const machineId = splitSessionId(session)?.machineId;
        const target = machineId === undefined ? null : findSessionMachine(route, machineId, nowMs());
        return target ? forward(request, route, grant, target, { isCold }) : refusals.sessionGone;
      }
      case 'ASLEEP':
        if (isCold) return refusals.waking(route);
        return route.answersWhileAsleep
          ? dispatchAsleep(request, route, grant)
          : wakeAndDispatch(request, route, grant);
      case 'STOPPED':
        // its sessions ended with the machine: a client that ends one has what it wants
        return request.method === 'DELETE' ? sendEnded(request) : refusals.stopped(route);
      case 'DEPLOYING':
        return refusals.deploying(route);
      case 'FAILED':
        return refusals.failed(route);
      case 'DELETING':
      case 'DELETED':
        return refusals.unknownEndpoint;
    }
  };

  const wakeAndDispatch = async (request: EndpointRequest, sleeping: Route, grant: Grant): Promise<Outcome> => {
    const { deploymentId, ownerId } = sleeping;
    const network = networkOfPublic(grant);
    const waiting = { deploymentId, ownerId, network, grant, state: null, end: () => {}, release: () => {} };
    if (!held.admits(waiting)) return refusals.tooManyStreams;
    held.add(waiting);
    const progress = tellWakeProgress(request);
    const { route, answers } = await waker.awaken(deploymentId).finally(() => {
      held.remove(waiting);
      progress?.stop();
    });
    if (route === null) return refusals.unknownEndpoint;
    if (!answers) return refusals.waking(route);
    if (!(await isStillGranted(route, grant, oauth, nowMs()))) return unauthorized(request, route);
    return dispatchIfGranted(request, route, grant, true);
  };

  /**
   * Dispatches after a wait, in which the right to call may have ended. An admitted request joins the open exchanges in
   * the same turn, so that a revocation is either seen here or ends the exchange.
   */
  const dispatchIfGranted = async (
    request: EndpointRequest,
    route: Route,
    grant: Grant,
    isCold: boolean,
  ): Promise<Outcome> => {
    let current = route;
    for (let look = 1; look <= LOOKS_MAX && routes.peek(current.deploymentId) !== current; look += 1) {
      const changed = await routes.resolve(current.deploymentId);
      if (changed === null) return refusals.unknownEndpoint;
      if (!(await isStillGranted(changed, grant, oauth, nowMs()))) return unauthorized(request, changed);
      current = changed;
    }
    return dispatch(request, current, grant, isCold);
  };

  const dispatchAsleep = createDispatchAsleep({
    ...deps,
    offerOf,
    forward,
    wakeAndDispatch,
    dispatchIfGranted: (request, route, grant) => dispatchIfGranted(request, route, grant, false),
  });

  const unauthorized = ({ head, path }: EndpointRequest, route: Route): Refusal => {
    const hasBearer = head.bearer !== null;
    const isOAuth = route.access === 'OAUTH' && oauth !== null;
    return refusals.unauthorized(hasBearer, isOAuth ? oauth.challenge(route.deploymentId, hasBearer, path.view) : null);
  };

  const admission = createAdmission({ ...deps, addressOf, dispatch, dispatchIfGranted, unauthorized });

  /** Passes the gate and refuses what `admit` refuses. */
  const receiveWith =
    (admit: (request: EndpointRequest) => Outcome | Promise<Outcome>) =>
    (req: IncomingMessage, res: ServerResponse): void => {
      const request = passGate(req, res, policy, requestIdOf, calls.refused);
      if (request === null) return;
      const settle = (refusal: Outcome) => {
        if (!refusal) return;
        calls.refused(request, refusal);
        if (!res.destroyed) refuse(req, res, refusal, request);
        deps.trace?.(toTracedCall(request, refusal.status, refusal.code, null));
      };
      const fail = (error: unknown) => {
        if (error instanceof RouteUnavailableError) return settle(refusals.unavailable); // as many as there are calls
        onError(error, request.path.deploymentId, request.requestId);
        settle(refusals.internal);
      };
      try {
        const refusal = admit(request);
        if (refusal instanceof Promise) refusal.then(settle).catch(fail);
        else settle(refusal);
      } catch (error) {
        fail(error);
      }
    };
  const receive = receiveWith((request) => {
    const atOnce = admission.atOnce(request);
    return atOnce === undefined ? admission.later(request) : atOnce;
  });

  return {
    handle: (req, res) => receive(req, res), // Express gives a third argument
    handleMember: (req, res, grant) => receiveWith((request) => admission.ofBundle(request, grant))(req, res),
    count: open.count,
    parkedCount: parked.count,
    drain: async (msMax) => {
      draining = true;
      for (const exchange of open.all()) exchange.release();
      await open.empty(msMax);
    },
    close: async () => {
      closed = true;
      parked.close();
      stopWatching();
      stopPushing();
      stopWatchingMachines();
      waker.close();
      for (const exchange of open.all()) {
        exchange.release();
        exchange.end(refusals.closing);
      }
    },
  };
}
