import { SpanKind, SpanStatusCode, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { formatTraceparent } from '#deploy/host/trace-context.ts';
import type { RequestTraces, TracedExchange } from '../mcp/traces.ts';
import { mcpAttributes } from './mcp-attributes.ts';
import { contextOfHeaders } from './remote-context.ts';

const CLIENT_LEFT = 499;

/** Null for a request that ended well. */
const errorTypeOf = ({ status, errorCode }: TracedExchange): string | null => {
  if (errorCode !== null) return errorCode;
  if (status === CLIENT_LEFT) return 'cancelled';
  return status >= 500 ? String(status) : null;
};

/** Makes the spans of requests at the endpoint, as the semantic conventions for HTTP servers name them. */
export const createRequestTraces = (tracer: Tracer): RequestTraces => ({
  begin: (request) => {
    /** Durations are measured by the clock that no one sets. */
    const clockMs = Date.now() - performance.now();
    const { deploymentId, view, arrivedAtMs, requestId, sessionId, protocolVersion } = request;
    const parent = contextOfHeaders(request.traceparent, request.tracestate);
    const route = view === null ? '/api/mcp/{deployment}' : '/api/mcp/{deployment}/v/{view}';
    const attributes = {
      'http.request.method': 'POST',
      'http.route': route,
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'catwalk.deployment.id': deploymentId,
      'catwalk.request.id': requestId,
      ...(view === null ? {} : { 'catwalk.view': view }),
      ...(sessionId === null ? {} : { 'mcp.session.id': sessionId }),
      ...(protocolVersion === null ? {} : { 'mcp.protocol.version': protocolVersion }),
    };
    const span = tracer.startSpan(
      `POST ${route}`,
      { kind: SpanKind.SERVER, startTime: arrivedAtMs, attributes },
      parent,
    );
    if (request.isCold) tracer.startSpan('wake machine', { startTime: arrivedAtMs }, trace.setSpan(parent, span)).end();
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      traceparent: formatTraceparent({ traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 }),
      end: (exchange) => {
        const { status, method, name, machineId } = exchange;
        const errorType = errorTypeOf(exchange);
        if (status !== CLIENT_LEFT) span.setAttribute('http.response.status_code', status);
        if (method !== null) span.setAttributes(mcpAttributes(method, name));
        span.setAttribute('catwalk.machine.id', machineId);
        if (errorType !== null) span.setAttribute('error.type', errorType);
        // Semantic conventions for HTTP: of a server's span, only its own failures are errors.
        if (errorType !== null && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end(Math.max(arrivedAtMs, clockMs + performance.now()));
      },
    };
  },
});
