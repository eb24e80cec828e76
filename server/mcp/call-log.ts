import { BUNDLE_ORIGIN, REMOTE_ORIGIN } from '#deploy/address.ts';
import { RECORDED_METHODS } from '#deploy/host/call-contract.ts';
import type { RefusedCall } from '#server/domain/calls/call.ts';
import { type Grant, toCallerLabel } from './access.ts';
import type { CallSink } from './endpoint-deps.ts';
import type { Exchange } from './exchange.ts';
import type { EndpointRequest } from './gate.ts';
import type { Refusal } from './refusal.ts';
import type { Route } from './route.ts';
import type { RouteTable } from './route-table.ts';

const MODERN_SINCE = '2026-07-28';
const CLIENT_LEFT = 499;

const isRecorded = (method: string): boolean => (RECORDED_METHODS as readonly string[]).includes(method);

const factsOf = ({ head, path, requestId, startedAtMs, method }: EndpointRequest) => {
  const durationMs = performance.now() - startedAtMs;
  return {
    deploymentId: path.deploymentId,
    at: new Date(Date.now() - durationMs).toISOString(),
    durationMs,
    method: head.mcpMethod ?? (method === 'POST' ? '' : `(${method})`),
    name: head.mcpName ?? '',
    sessionId: head.sessionId,
    requestId,
    era: (head.protocolVersion ?? '') >= MODERN_SINCE ? ('modern' as const) : ('legacy' as const), // dates compare as text
  };
};

/** A request that the endpoint refused before a host had it. Its body may not have been read: its method is a header's. */
const toRefusedCall = (request: EndpointRequest, refusal: Refusal): RefusedCall => ({
  ...factsOf(request),
  caller: null,
  outcome: 'REFUSED',
  errorCode: refusal.code,
  status: refusal.status,
  bytesIn: request.body?.length ?? 0,
  bytesOut: 0,
});

/** A call as the endpoint's look at both bodies has it. */
const toSeenCall = (exchange: Exchange, method: string): RefusedCall => {
  const { peek, request, endedBy, status } = exchange;
  const failed = status >= 400 ? 'PROTOCOL_ERROR' : exchange.hasError ? 'TOOL_ERROR' : 'OK';
  return {
    ...factsOf(request),
    method,
    name: peek?.name ?? request.head.mcpName ?? '',
    caller: toCallerLabel(exchange.grant),
    outcome: endedBy !== null ? 'REFUSED' : status === CLIENT_LEFT ? 'CANCELLED' : failed,
    errorCode: endedBy,
    status,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
  };
};

export type EndpointCallLog = {
  /** The label with which a host records the calls of a caller; null where calls are not recorded. */
  labelOf(grant: Grant): string | null;
  /** Hosts record arguments and results of calls of this deployment, too. */
  withBodies(route: Pick<Route, 'recordsBodies'>): boolean;
  /** An exchange is over. */
  settled(exchange: Exchange): void;
  refused(request: EndpointRequest, refusal: Refusal): void;
};

/**
 * The endpoint's part of the call log. A call is recorded by its host, unless the endpoint ended it with a refusal of its
 * own, or the server runs elsewhere and has no host.
 */
export const createCallLog = (sink: CallSink | null, routes: Pick<RouteTable, 'peek'>): EndpointCallLog => ({
  labelOf: (grant) => (sink === null ? null : toCallerLabel(grant)),
  withBodies: ({ recordsBodies }) => sink !== null && recordsBodies,
  settled: (exchange) => {
    const { peek, parts, request, endedBy } = exchange;
    if (sink === null || request.method !== 'POST' || peek === null) return;
    const method = request.head.mcpMethod ?? peek.method ?? '';
    if (!isRecorded(method) && method !== '(batch)') return;
    const { deploymentId, target } = parts;
    const hasHost = target.origin !== REMOTE_ORIGIN && target.origin !== BUNDLE_ORIGIN;
    if (endedBy !== null || !hasHost) sink.refused(toSeenCall(exchange, method));
    else sink.recorded(deploymentId, target.machineId);
  },
  refused: (request, refusal) => {
    // Guessed addresses are no calls of a deployment.
    if (sink !== null && routes.peek(request.path.deploymentId)) sink.refused(toRefusedCall(request, refusal));
  },
});
