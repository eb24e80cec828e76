import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorize, type Grant, isStillGranted, type OAuthAuthority, toCaller, toPrincipal } from './access.ts';
import { type EndpointAnswer, sendAnswer } from './answer.ts';
import * as answers from './answers.ts';
import { type EndpointPath, parseEndpointPath } from './endpoint-path.ts';
import { Exchange } from './exchange.ts';
import { createEndpointEventRewriter } from './legacy-sse.ts';
import { createOpenExchanges, DEFAULT_EXCHANGE_CAPS, type ExchangeCaps } from './open-exchanges.ts';
import { corsHeaders, type OriginPolicy, preflightHeaders } from './origin-policy.ts';
import type { RateLimit } from './rate-limit.ts';
import { AmbiguousHeaderError, type RequestHead, readHead } from './request-head.ts';
import { SAFETY_HEADERS } from './response-head.ts';
import type { MachineTarget, Route } from './route.ts';
import type { RouteTable } from './route-table.ts';
import { findSessionMachine, splitSessionId } from './session-id.ts';
import type { Upstream } from './upstream.ts';
import { createWaker } from './waker.ts';

/** A call as usage counts it. */
export type EndpointCall = {
  deploymentId: string;
  method: string;
  tool: string;
  status: number;
  isError: boolean;
  era: 'legacy' | 'modern';
  caller: string;
  tokenId: string | null;
  cold: boolean;
  durationMs: number;
  bytesIn: number;
  bytesOut: number;
};

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
  record?: (call: EndpointCall) => void;
  /** The caller's address, behind whatever proxies are trusted. */
  addressOf?: (req: IncomingMessage) => string;
  /** Hears of errors that are nobody's answer. */
  onError?: (error: unknown, deploymentId: string) => void;
};

export interface Endpoint {
  /** A request listener, and an Express handler: everything below `/api/mcp/`. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** Ends everything under way. */
  close(): Promise<void>;
}

const MODERN_SINCE = '2026-07-28';
/** How soon a stream ends after its token expired, or after a revocation whose event was lost. */
const RECHECK_MS = 5_000;
const ALLOWED_METHODS = {
  main: 'GET, POST, DELETE, OPTIONS',
  sse: 'GET, OPTIONS',
  messages: 'POST, OPTIONS',
} satisfies Record<EndpointPath['kind'], string>;
const UPSTREAM_PATHS = { main: '/mcp', sse: '/sse', messages: '/messages' } satisfies Record<
  EndpointPath['kind'],
  string
>;

type Asking = {
  req: IncomingMessage;
  res: ServerResponse;
  path: EndpointPath;
  head: RequestHead;
  cors: readonly string[];
  address: string;
  startedAtMs: number;
};

/**
 * The public endpoint. Checks come in the order in which they cost and reveal the least: host, origin, method, the
 * deployment, the right to call it, rate and caps, and only then what the deployment is doing.
 */
export function createEndpoint(deps: EndpointDeps): Endpoint {
  const { routes, upstream, policy, nowMs, oauth = null, rateLimit = null } = deps;
  const addressOf = deps.addressOf ?? ((req) => req.socket.remoteAddress ?? 'unknown');
  const onError = deps.onError ?? (() => {});
  const open = createOpenExchanges(deps.caps ?? DEFAULT_EXCHANGE_CAPS);
  const waker = createWaker({
    routes,
    wake: deps.wake,
    ...(deps.wakeHoldMsMax === undefined ? {} : { holdMsMax: deps.wakeHoldMsMax }),
  });
  let closed = false;

  const recheck = async (deploymentId: string) => {
    const exchanges = open.of(deploymentId);
    if (exchanges.length === 0) return;
    const route = await routes.resolve(deploymentId);
    for (const exchange of exchanges) {
      if (route === null) exchange.end(answers.unknownEndpoint);
      else if (route.status === 'STOPPED' || route.status === 'DELETING') exchange.end(answers.stopped(route));
      else if (!(await isStillGranted(route, exchange.grant, oauth, nowMs()))) {
        exchange.end(answers.unauthorized(true, []));
      }
    }
  };
  const recheckSafely = (deploymentId: string) => {
    recheck(deploymentId).catch((error: unknown) => onError(error, deploymentId));
  };
  const recheckAll = () => {
    for (const deploymentId of open.deployments()) recheckSafely(deploymentId);
  };
  const stopListening = routes.onInvalidated((deploymentId) => {
    if (deploymentId === null) recheckAll();
    else recheckSafely(deploymentId);
  });
  const timer = setInterval(recheckAll, RECHECK_MS);
  timer.unref();

  const onSettled = (exchange: Exchange) => {
    open.remove(exchange);
    deps.record?.(toCall(exchange));
  };

  const refuse = (asking: Asking, answer: EndpointAnswer) => {
    if (!asking.res.headersSent && !asking.res.destroyed) sendAnswer(asking.res, answer, asking.cors);
  };

  /** The grant, or null when the answer has been sent. */
  const admit = async (asking: Asking, route: Route | null): Promise<Grant | null> => {
    const { head, address } = asking;
    let grant = route === null ? null : authorize(route, head.bearer, address, nowMs());
    if (grant === 'ask-oauth') {
      grant = oauth && head.bearer !== null && route ? await oauth.verify(route.deploymentId, head.bearer) : null;
    }
    if (rateLimit) {
      const key = grant === null || grant.kind === 'public' ? `address:${address}` : toPrincipal(grant);
      const seconds = await rateLimit.consume(key);
      if (seconds !== null) {
        refuse(asking, answers.tooManyRequests(seconds));
        return null;
      }
    }
    if (route === null) refuse(asking, answers.unknownEndpoint);
    else if (grant === null) refuse(asking, unauthorized(route, head.bearer !== null));
    return grant;
  };

  const unauthorized = (route: Route, hasBearer: boolean): EndpointAnswer => {
    const challenged = route.access === 'OAUTH' && oauth !== null;
    return answers.unauthorized(
      hasBearer,
      challenged ? ['www-authenticate', oauth.challenge(route.deploymentId, hasBearer)] : [],
    );
  };

  const serve = (asking: Asking, route: Route, grant: Grant, target: MachineTarget, cold: boolean) => {
    const { req, res, path, head, cors, startedAtMs } = asking;
    if (res.destroyed) return;
    if (closed) return refuse(asking, answers.closing);
    if (!open.admits(route.deploymentId)) return refuse(asking, answers.tooManyStreams);
    let sessionId = head.sessionId === null ? null : (splitSessionId(head.sessionId)?.sessionId ?? null);
    let query = path.query;
    if (path.kind === 'messages') {
      sessionId = head.sessionId;
      query = path.hostQuery;
    }
    const exchange = new Exchange({
      req,
      res,
      deploymentId: route.deploymentId,
      method: req.method as 'GET' | 'POST' | 'DELETE', // checked on entry
      path: UPSTREAM_PATHS[path.kind] + query,
      head,
      grant,
      principal: toPrincipal(grant),
      target,
      sessionId,
      cors,
      rewriter: path.kind === 'sse' ? createEndpointEventRewriter(target.machineId) : null,
      startedAtMs,
      cold,
      onSettled,
      onDoubt: routes.invalidate,
    });
    open.add(exchange);
    exchange.start(upstream);
  };

  /** With the right to call settled: what the deployment is doing decides. */
  const route = (asking: Asking, found: Route, grant: Grant, cold: boolean): void | Promise<void> => {
    switch (found.status) {
      case 'RUNNING':
      case 'UNHEALTHY': {
        const session = asking.path.kind === 'messages' ? asking.path.sessionId : asking.head.sessionId;
        if (session === null) {
          if (found.current === null) return refuse(asking, answers.starting(found));
          return serve(asking, found, grant, found.current, cold);
        }
        const split = splitSessionId(session);
        const target = split && findSessionMachine(found, split.machineId, nowMs());
        return target ? serve(asking, found, grant, target, cold) : refuse(asking, answers.sessionGone);
      }
      case 'ASLEEP':
        return cold ? refuse(asking, answers.waking(found)) : wakeThenRoute(asking, found, grant);
      case 'STOPPED':
        return refuse(asking, answers.stopped(found));
      case 'DEPLOYING':
        return refuse(asking, answers.deploying(found));
      case 'FAILED':
        return refuse(asking, answers.failed(found));
      case 'DELETING':
      case 'DELETED':
        return refuse(asking, answers.unknownEndpoint);
    }
  };

  const wakeThenRoute = async (asking: Asking, found: Route, grant: Grant): Promise<void> => {
    if (found.current) upstream.forget(found.current.origin); // sockets of before its sleep are dead
    const awake = await waker.awaken(found.deploymentId);
    if (asking.res.destroyed) return;
    if (awake === null) return refuse(asking, answers.unknownEndpoint);
    if (!(await isStillGranted(awake, grant, oauth, nowMs()))) return refuse(asking, unauthorized(awake, true));
    await route(asking, awake, grant, true);
  };

  const handleSlowly = async (asking: Asking, found: Route | null) => {
    const grant = await admit(asking, found);
    if (grant !== null && found !== null && !asking.res.destroyed) await route(asking, found, grant, false);
  };

  const fail = (asking: Asking, error: unknown) => {
    onError(error, asking.path.deploymentId);
    refuse(asking, answers.internal);
  };

  /** Sends the answer itself when host, origin, headers or method are not as they must be. */
  const open_ = (req: IncomingMessage, res: ServerResponse): Asking | null => {
    let head: RequestHead;
    try {
      head = readHead(req.rawHeaders);
    } catch (error) {
      if (!(error instanceof AmbiguousHeaderError)) throw error;
      sendAnswer(res, answers.ambiguousHeader(error.message), []);
      return null;
    }
    if (!policy.isAllowedHost(head.host)) {
      sendAnswer(res, answers.foreignHost, []);
      return null;
    }
    let cors: readonly string[] = [];
    if (head.origin !== null) {
      if (!policy.isAllowedOrigin(head.origin)) {
        sendAnswer(res, answers.foreignOrigin, []);
        return null;
      }
      cors = corsHeaders(head.origin);
    }
    const path = parseEndpointPath('originalUrl' in req ? String(req.originalUrl) : (req.url ?? ''));
    if (path === null) {
      sendAnswer(res, answers.unknownEndpoint, cors);
      return null;
    }
    const method = req.method ?? '';
    if (method === 'OPTIONS') {
      const wanted = req.headers['access-control-request-headers'];
      const privateNetwork = req.headers['access-control-request-private-network'] === 'true';
      const preflight = head.origin === null ? [] : preflightHeaders(wanted, privateNetwork);
      res.writeHead(204, ['allow', ALLOWED_METHODS[path.kind], ...preflight, ...SAFETY_HEADERS, ...cors]);
      res.end();
      return null;
    }
    const isAllowed =
      path.kind === 'main'
        ? method === 'POST' || method === 'GET' || method === 'DELETE'
        : method === (path.kind === 'sse' ? 'GET' : 'POST');
    if (!isAllowed) {
      sendAnswer(res, answers.wrongMethod(ALLOWED_METHODS[path.kind]), cors);
      return null;
    }
    return { req, res, path, head, cors, address: addressOf(req), startedAtMs: performance.now() };
  };

  return {
    handle: (req, res) => {
      const asking = open_(req, res);
      if (asking === null) return;
      try {
        const found = routes.peek(asking.path.deploymentId);
        if (found && rateLimit === null) {
          const grant = authorize(found, asking.head.bearer, asking.address, nowMs());
          if (grant !== null && grant !== 'ask-oauth') {
            const later = route(asking, found, grant, false);
            later?.catch((error: unknown) => fail(asking, error));
            return;
          }
        }
        const known = found === undefined ? routes.resolve(asking.path.deploymentId) : Promise.resolve(found);
        known.then((route) => handleSlowly(asking, route)).catch((error: unknown) => fail(asking, error));
      } catch (error) {
        fail(asking, error);
      }
    },
    close: async () => {
      closed = true;
      clearInterval(timer);
      stopListening();
      waker.close();
      for (const deploymentId of open.deployments()) {
        for (const exchange of open.of(deploymentId)) exchange.end(answers.closing);
      }
    },
  };
}

function toCall(exchange: Exchange): EndpointCall {
  const { parts, peek } = exchange;
  const { head, grant } = parts;
  const isModern = (head.protocolVersion ?? '') >= MODERN_SINCE;
  return {
    deploymentId: exchange.deploymentId,
    method:
      head.mcpMethod ??
      peek?.method ??
      (parts.method === 'GET' ? '(stream)' : parts.method === 'DELETE' ? '(end of session)' : '(other)'),
    tool: peek?.name ?? (head.mcpMethod === 'tools/call' ? (head.mcpName ?? '') : ''),
    status: exchange.status,
    isError: exchange.hasError || exchange.status >= 400,
    era: isModern ? 'modern' : 'legacy',
    caller: toCaller(grant),
    tokenId: grant.kind === 'token' ? grant.tokenId : null,
    cold: parts.cold,
    durationMs: performance.now() - parts.startedAtMs,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
  };
}
