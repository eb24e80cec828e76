import { type Context, createTraceState, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { parseTraceparent, readTracestate, type TraceContext } from '#deploy/host/trace-context.ts';

/** A span of another process as the parent of one of ours. */
export const contextOf = ({ traceId, spanId, isSampled }: TraceContext, tracestate: string | null): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(tracestate === null ? {} : { traceState: createTraceState(tracestate) }),
  });

/** The caller's span, where its headers name one; else none. */
export const contextOfHeaders = (traceparent: string | null, tracestate: string | null): Context => {
  const parent = parseTraceparent(traceparent);
  return parent === null ? ROOT_CONTEXT : contextOf(parent, readTracestate(tracestate));
};
