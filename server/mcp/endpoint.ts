import type { IncomingMessage, ServerResponse } from 'node:http';
import { networkOf } from '#server/domain/network.ts';
import type { UsageCall } from '#server/domain/usage/recorder.ts';
import { createRequestIds } from '../logging/request-id.ts';
import { authorize, type Grant, isStillGranted, type OAuthAuthority, toPrincipal } from './access.ts';
import { type EndpointAnswer, refuse, sendEnded } from './answer.ts';
import * as answers from './answers.ts';
import { Exchange } from './exchange.ts';
import { type Asking, passGate } from './gate.ts';
import { watchMachines } from './left-machines.ts';
import { createEndpointEventRewriter } from './legacy-sse.ts';
import { createOpenExchanges, DEFAULT_EXCHANGE_CAPS, type ExchangeCaps } from './open-exchanges.ts';
import type { OriginPolicy } from './origin-policy.ts';
import type { RateLimit } from './rate-limit.ts';
import { watchGrants } from './revocation.ts';
import type { MachineTarget, Route } from './route.ts';
import { type RouteTable, RouteUnavailableError } from './route-table.ts';
import { findSessionMachine, splitSessionId } from './session-id.ts';
import { type TracedCall, toTracedCall } from './traced-call.ts';
import type { Upstream } from './upstream.ts';
import { toUsageCall } from './usage-call.ts';
import { createWaker } from './waker.ts';

export type EndpointDeps = {
  routes: RouteTable;
  upstream: Upstream;
  policy: OriginPolicy;
  /** Asks for a sleeping machine to be woken; called once for any number of callers. */
  wake: (deploymentId: string) => Promise<void>;
  /** Wall clock, for expiry. */
  nowMs: () => number;
  oauth?: OAuthAuthority | null;
  rateLimit?: RateLimit | null;
  caps?: ExchangeCaps;
  wakeHoldMsMax?: number;
  /** Must return at once and never throw. */
  record?: (call: UsageCall) => void;
  /** The caller's address, behind whatever proxies are trusted. */
  addressOf?: (req: IncomingMessage) => string;
  /** Called for errors that produce no response; `requestId` is set when a request caused it. */
  onError?: (error: unknown, deploymentId: string, requestId?: string) => void;
  /** Called for every finished call, to find it by its id. Must return at once and never throw. */
  trace?: (call: TracedCall) => void;
};

export interface Endpoint {
  /** A request listener, and an Express handler: everything below `/api/mcp/`. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  /**
   * Before a stop: streams that listen end, so that their clients listen elsewhere, and calls under way have so many
   * milliseconds to be answered. Requests that arrive during the drain are answered as ever.
   */
  drain(msMax: number): Promise<void>;
  /** How much is under way. */
  count(): number;
  /** Ends everything under way. */
  close(): Promise<void>;
}

/** The answer; null when the request is on its way. */
type Verdict = EndpointAnswer | null;

/** How often a route is read again because it changed while the right to it was checked. */
const LOOKS_MAX = 5;
const UPSTREAM_PATHS = { main: '/mcp', sse: '/sse', messages: '/messages' } as const;

/**
 * The public endpoint. Checks come in the order in which they cost and reveal the least: host, origin, address, method,
 * the right to call the deployment, rate, what the deployment is doing, caps. With a warm route and a bearer token all
 * of it happens in one go, without a promise.
 */
export function createEndpoint(deps: EndpointDeps): Endpoint {
  const { routes, upstream, policy, nowMs, oauth = null, rateLimit = null } = deps;
  const addressOf = deps.addressOf ?? ((req) => req.socket.remoteAddress ?? 'unknown');
  const onError = deps.onError ?? (() => {});
  const caps = deps.caps ?? DEFAULT_EXCHANGE_CAPS;
  const open = createOpenExchanges(caps);
  const waker = createWaker({ routes, wake: deps.wake, holdMsMax: deps.wakeHoldMsMax });
  const stopWatching = watchGrants({ routes, open, oauth, nowMs, onError });
  const stopWatchingMachines = watchMachines({ routes, upstream, onError });
  const requestIdOf = createRequestIds();
  let closed = false;
  let draining = false;
  /** Callers that wait for a machine to wake up: they hold no stream yet, and are capped like one. */
  let held = 0;

  const onSettled = (exchange: Exchange) => {
    open.remove(exchange);
    deps.record?.(toUsageCall(exchange));
    deps.trace?.(toTracedCall(exchange.asking, exchange.status, exchange.endedBy, exchange.parts.target));
  };

  const forward = (asking: Asking, route: Route, grant: Grant, target: MachineTarget, isCold: boolean): Verdict => {
    const { path, head } = asking;
    if (asking.res.destroyed) return null;
    if (closed || (draining && asking.req.method === 'GET')) return answers.closing;
    const { deploymentId, ownerId } = route;
    const network = grant.kind === 'public' ? networkOf(grant.address) : null;
    if (!open.admits({ deploymentId, ownerId, network })) return answers.tooManyStreams;
    const exchange = new Exchange({
      asking,
      deploymentId,
      ownerId,
      network,
      upstreamPath: UPSTREAM_PATHS[path.kind] + (path.kind === 'messages' ? path.hostQuery : path.query),
      grant,
      principal: toPrincipal(grant),
      target,
      sessionId: head.sessionId && (splitSessionId(head.sessionId)?.sessionId ?? null),
      rewriter: path.kind === 'sse' ? createEndpointEventRewriter(target.machineId) : null,
      isCold,
      onSettled,
      onDoubt: routes.doubt,
    });
    open.add(exchange);
    exchange.start(upstream);
    return null;
  };

  /** With the right to call settled: what the deployment is doing decides. */
  const dispatch = (asking: Asking, route: Route, grant: Grant, isCold: boolean): Verdict | Promise<Verdict> => {
    switch (route.status) {
      case 'RUNNING':
      case 'UNHEALTHY': {
        const session = asking.path.kind === 'messages' ? asking.path.sessionId : asking.head.sessionId;
        if (session === null) {
          return route.current ? forward(asking, route, grant, route.current, isCold) : answers.starting(route);
        }
        const machineId = splitSessionId(session)?.machineId;
        const target = machineId === undefined ? null : findSessionMachine(route, machineId, nowMs());
        return target ? forward(asking, route, grant, target, isCold) : answers.sessionGone;
      }
      case 'ASLEEP':
        return isCold ? answers.waking(route) : wakeAndDispatch(asking, route, grant);
      case 'STOPPED':
        // its sessions ended with the machine: a client that ends one has what it wants
        return asking.method === 'DELETE' ? sendEnded(asking) : answers.stopped(route);
      case 'DEPLOYING':
        return answers.deploying(route);
      case 'FAILED':
        return answers.failed(route);
      case 'DELETING':
      case 'DELETED':
        return answers.unknownEndpoint;
    }
  };

  const wakeAndDispatch = async (asking: Asking, asleep: Route, grant: Grant): Promise<Verdict> => {
    if (held >= caps.perDeployment) return answers.tooManyStreams;
    held += 1;
    const route = await waker.awaken(asleep.deploymentId).finally(() => {
      held -= 1;
    });
    if (route === null) return answers.unknownEndpoint;
    if (!(await isStillGranted(route, grant, oauth, nowMs()))) return unauthorized(asking, route);
    return dispatchIfGranted(asking, route, grant, true);
  };

  /**
   * After a wait, in which the right to call may have gone. Who is let in is among the open exchanges in the same turn, so
   * that a revocation is either seen here or ends the exchange.
   */
  const dispatchIfGranted = async (asking: Asking, route: Route, grant: Grant, isCold: boolean): Promise<Verdict> => {
    let current = route;
    for (let look = 1; look <= LOOKS_MAX && routes.peek(current.deploymentId) !== current; look += 1) {
      const changed = await routes.resolve(current.deploymentId);
      if (changed === null) return answers.unknownEndpoint;
      if (!(await isStillGranted(changed, grant, oauth, nowMs()))) return unauthorized(asking, changed);
      current = changed;
    }
    return dispatch(asking, current, grant, isCold);
  };

  const unauthorized = ({ head }: Asking, route: Route): EndpointAnswer => {
    const hasBearer = head.bearer !== null;
    const isOAuth = route.access === 'OAUTH' && oauth !== null;
    return answers.unauthorized(hasBearer, isOAuth ? oauth.challenge(route.deploymentId, hasBearer) : null);
  };

  /** The way of a request whose route is not at hand, whose token is OAuth's, or that is counted. */
  const admit = async (asking: Asking): Promise<Verdict> => {
    const { head, path } = asking;
    const address = () => addressOf(asking.req);
    const network = () => networkOf(address());
    if (rateLimit && routes.peek(path.deploymentId) === undefined) {
      // guessing ids would make each guess a read of the database
      const seconds = await rateLimit.consume(`look-up:${network()}`);
      if (seconds !== null) return answers.tooManyRequests(seconds);
    }
    let route = await routes.resolve(path.deploymentId);
    const authorized = () => route && authorize(route, head.bearer, address, nowMs());
    let grant = authorized();
    if (route !== null && grant === null && head.bearer !== null) {
      // The token may be newer than what is known: another instance made it a moment ago. One read a second at most.
      routes.doubt(path.deploymentId);
      route = await routes.resolve(path.deploymentId);
      grant = authorized();
    }
    if (grant === 'ask-oauth') {
      grant = oauth && head.bearer !== null ? await oauth.verify(path.deploymentId, head.bearer) : null;
    }
    if (rateLimit) {
      const key = grant === null || grant.kind === 'public' ? `address:${network()}` : toPrincipal(grant);
      const seconds = await rateLimit.consume(key);
      if (seconds !== null) return answers.tooManyRequests(seconds);
    }
    if (route === null) return answers.unknownEndpoint;
    return grant === null ? unauthorized(asking, route) : dispatchIfGranted(asking, route, grant, false);
  };

  /** `admit` without a promise, where everything is at hand; else undefined. */
  const admitAtOnce = (asking: Asking): Verdict | Promise<Verdict> | undefined => {
    if (rateLimit !== null) return undefined;
    const route = routes.peek(asking.path.deploymentId);
    if (!route) return undefined;
    const grant = authorize(route, asking.head.bearer, () => addressOf(asking.req), nowMs());
    return grant === null || grant === 'ask-oauth' ? undefined : dispatch(asking, route, grant, false);
  };

  return {
    handle: (req, res) => {
      const asking = passGate(req, res, policy, requestIdOf);
      if (asking === null) return;
      const settle = (verdict: Verdict) => {
        if (!verdict) return;
        if (!res.headersSent && !res.destroyed) refuse(req, res, verdict, asking);
        deps.trace?.(toTracedCall(asking, verdict.status, verdict.code, null));
      };
      const fail = (error: unknown) => {
        if (error instanceof RouteUnavailableError) return settle(answers.unavailable); // as many as there are calls
        onError(error, asking.path.deploymentId, asking.requestId);
        settle(answers.internal);
      };
      try {
        const atOnce = admitAtOnce(asking);
        const verdict = atOnce === undefined ? admit(asking) : atOnce;
        if (verdict instanceof Promise) verdict.then(settle).catch(fail);
        else settle(verdict);
      } catch (error) {
        fail(error);
      }
    },
    count: open.count,
    drain: async (msMax) => {
      draining = true;
      for (const exchange of open.all()) exchange.release();
      await open.empty(msMax);
    },
    close: async () => {
      closed = true;
      stopWatching();
      stopWatchingMachines();
      waker.close();
      for (const exchange of open.all()) {
        exchange.release();
        exchange.end(answers.closing);
      }
    },
  };
}
