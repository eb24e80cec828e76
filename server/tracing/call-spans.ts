import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { CallRecord, CallTrace } from '#deploy/host/call-contract.ts';
import type { GivenSpanIds } from './given-span-ids.ts';
import { mcpAttributes, mcpSpanName } from './mcp-attributes.ts';
import { contextOf } from './remote-context.ts';
import type { TracedMachine } from './tracing.ts';

/** `error.type` of the semantic conventions for MCP; null for a call that ended well. */
const errorTypeOf = ({ outcome, errorCode }: CallRecord): string | null => {
  switch (outcome) {
    case 'OK':
    case 'INPUT_REQUIRED':
      return null;
    case 'TOOL_ERROR':
      return 'tool_error';
    case 'CANCELLED':
      return 'cancelled';
    case 'TIMED_OUT':
      return 'timeout';
    case 'PROTOCOL_ERROR':
      return errorCode === null ? '_OTHER' : String(errorCode);
  }
};

const attributesOf = (record: CallRecord, { rpcId }: CallTrace, machine: TracedMachine): Attributes => {
  const { method, name, sessionId, errorCode, client } = record;
  return {
    ...mcpAttributes(method, name),
    'jsonrpc.request.id': rpcId,
    'catwalk.deployment.id': machine.deploymentId,
    ...(machine.machineId === null ? {} : { 'catwalk.machine.id': machine.machineId }),
    ...(client === null ? {} : { 'catwalk.client.name': client.name, 'catwalk.client.version': client.version }),
    ...(sessionId === null ? {} : { 'mcp.session.id': sessionId }),
    ...(errorCode === null ? {} : { 'rpc.response.status_code': String(errorCode) }),
  };
};

/**
 * Makes the spans of calls that hosts have recorded: that of the call (SERVER), the start of a child for it, and the
 * request to the child (CLIENT). The host itself knows no OpenTelemetry: it hands out ids and reports times.
 */
export const createCallSpans = (tracer: Tracer, ids: GivenSpanIds) => {
  const endWith = (span: Span, errorType: string | null, endMs: number): void => {
    if (errorType !== null) {
      span.setAttribute('error.type', errorType);
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(endMs);
  };

  const record = (call: CallRecord, placed: CallTrace, machine: TracedMachine): void => {
    const startMs = Date.parse(call.at);
    const endMs = startMs + call.durationMs;
    const { traceId, parentId, link, start } = placed;
    const parent = contextOf({ traceId, spanId: parentId, isSampled: true }, null);
    const name = mcpSpanName(call.method, call.name);
    const attributes = attributesOf(call, placed, machine);
    const errorType = errorTypeOf(call);
    const begin = (spanId: string, kind: SpanKind, startTime: number, transport: Attributes, within: Context): Span => {
      ids.give(spanId);
      const links = kind === SpanKind.SERVER && link !== null ? [{ context: { ...link, traceFlags: 1 } }] : [];
      return tracer.startSpan(name, { kind, startTime, links, attributes: { ...attributes, ...transport } }, within);
    };

    const whole = begin(
      placed.spanId,
      SpanKind.SERVER,
      startMs,
      { 'network.transport': 'tcp', 'network.protocol.name': 'http' },
      parent,
    );
    const inside = trace.setSpan(parent, whole);
    const sentMs = start === null ? startMs : startMs + start.afterMs + start.tookMs;
    if (start !== null)
      tracer
        .startSpan('start server process', { startTime: startMs + start.afterMs }, inside)
        .end(startMs + start.afterMs + start.tookMs);
    const inner = begin(placed.childSpanId, SpanKind.CLIENT, sentMs, { 'network.transport': 'pipe' }, inside);
    endWith(inner, errorType, endMs);
    endWith(whole, errorType, endMs);
  };

  return (machine: TracedMachine, records: readonly CallRecord[]): void => {
    for (const one of records) if (one.trace !== null) record(one, one.trace, machine);
  };
};
