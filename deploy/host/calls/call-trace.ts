import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { insertMembers, withoutMembers } from '../bridge/json-edit.ts';
import { type Envelope, findMember, replaceSpan, scan, slice } from '../bridge/json-rpc.ts';
import { rawFromWire, toWire } from '../bridge/wire-values.ts';
import type { CallTrace } from '../call-contract.ts';
import { TRACE_HEADER } from '../header-contract.ts';
import { isRecord } from '../records.ts';
import { formatTraceparent, parseTraceparent, readTracestate, type TraceContext } from '../trace-context.ts';

const OPEN_BRACE = 123;
const ID_CHARACTERS_MAX = 128;

/** The trace of the HTTP request, of an endpoint that wants the spans of calls. */
export type HttpTrace = { context: TraceContext; state: string | null };

/** A call whose trace is known, and what has to reach the child in place of its message. */
export type TracedMessage = { message: Envelope; trace: OpenTrace | null };
/** What is known of the trace of a call before its end. */
export type OpenTrace = Omit<CallTrace, 'start'>;

const isOfTrace = (name: string): boolean => name === 'traceparent' || name === 'tracestate';

const newSpanId = (): string => randomBytes(8).toString('hex');

/** Null unless the endpoint asks for spans. */
export const httpTraceOf = ({ headers }: IncomingMessage): HttpTrace | null => {
  if (headers[TRACE_HEADER] !== '1') return null;
  const context = parseTraceparent(headers['traceparent']);
  return context && { context, state: readTracestate(headers['tracestate']) };
};

/** The id as people write it: the text of a string, the digits of a number. */
const idOf = (raw: string): string => {
  const value = rawFromWire(raw);
  return (typeof value === 'string' ? value : raw).slice(0, ID_CHARACTERS_MAX);
};

/**
 * Gives a call its place in a trace, as the semantic conventions for MCP have it: the context in `_meta` is the parent, and
 * that of the HTTP request a link; without one in `_meta` the HTTP request is the parent. The child receives the host's
 * own span as its parent, in `_meta`. A call without params, or with a `_meta` that is not an object, stays as it came.
 */
export const traceCall = (envelope: Envelope, http: HttpTrace): TracedMessage => {
  const { text, params } = envelope;
  if (params === null || text.charCodeAt(params.start) !== OPEN_BRACE) return { message: envelope, trace: null };
  const at = findMember(text, params, '_meta');
  const raw = at === null ? '{}' : slice(text, at);
  const meta = rawFromWire(raw);
  if (!isRecord(meta)) return { message: envelope, trace: null };
  const given = parseTraceparent(meta['traceparent']);
  const parent = given ?? http.context;
  const state = given === null ? http.state : readTracestate(meta['tracestate']);
  const childSpanId = newSpanId();
  const traceparent = formatTraceparent({ ...parent, spanId: childSpanId });
  const members = `"traceparent":"${traceparent}"${state === null ? '' : `,"tracestate":${toWire(state)}`}`;
  const whole = { start: 0, end: raw.length };
  const others = withoutMembers(raw, whole, isOfTrace);
  const after = insertMembers(others, { start: 0, end: others.length }, members);
  const message = scan(at === null ? insertMembers(text, params, `"_meta":${after}`) : replaceSpan(text, at, after));
  if (message === null) return { message: envelope, trace: null };
  if (!parent.isSampled) return { message, trace: null };
  return {
    message,
    trace: {
      traceId: parent.traceId,
      parentId: parent.spanId,
      link: given === null ? null : { traceId: http.context.traceId, spanId: http.context.spanId },
      spanId: newSpanId(),
      childSpanId,
      rpcId: idOf(envelope.id ?? 'null'),
    },
  };
};

/** The part of a call in which the child was started that answered it. */
export const startWithin = (
  child: { startedAt: Date; servedAtMs: number | null } | null,
  call: { atMs: number; durationMs: number },
): CallTrace['start'] => {
  if (child === null || child.servedAtMs === null || child.servedAtMs <= call.atMs) return null;
  const afterMs = Math.max(0, child.startedAt.getTime() - call.atMs);
  const endedMs = Math.min(call.durationMs, child.servedAtMs - call.atMs);
  return endedMs > afterMs ? { afterMs, tookMs: endedMs - afterMs } : null;
};
