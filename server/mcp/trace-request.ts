import type { Exchange } from './exchange.ts';
import type { EndpointRequest } from './gate.ts';
import type { RequestTrace, RequestTraces } from './traces.ts';

/** Begins the span of a request that is passed on. Streams that clients open with GET are no calls, and have none. */
export const beginTrace = (
  traces: RequestTraces | null,
  { method, path, head, req, requestId, startedAtMs }: EndpointRequest,
  isCold: boolean,
): RequestTrace | null => {
  if (traces === null || method !== 'POST') return null;
  const tracestate = req.headers['tracestate'];
  return traces.begin({
    deploymentId: path.deploymentId,
    view: path.view,
    traceparent: head.traceparent,
    tracestate: typeof tracestate === 'string' ? tracestate : null,
    arrivedAtMs: Date.now() - (performance.now() - startedAtMs),
    requestId,
    sessionId: head.sessionId,
    protocolVersion: head.protocolVersion,
    isCold,
  });
};

export const endTrace = ({ parts, status, endedBy, peek, request }: Exchange): void =>
  parts.trace?.end({
    status,
    errorCode: endedBy,
    method: request.head.mcpMethod ?? peek?.method ?? null,
    name: peek?.name ?? request.head.mcpName,
    machineId: parts.target.machineId,
  });
