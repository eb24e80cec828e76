/**
 * The W3C Trace Context as a header or a member of `_meta` names it (https://www.w3.org/TR/trace-context/, section 3.2).
 * Ids are lower-case hexadecimal: 32 digits for a trace, 16 for a span.
 */
export type TraceContext = {
  traceId: string;
  spanId: string;
  /** The spans of this trace are kept. */
  isSampled: boolean;
};

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.{0,256})?$/;
/** Section 3.3: printable ASCII, and 512 characters must be passed on. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** Null for what is not a well-formed `traceparent`. */
export const parseTraceparent = (value: unknown): TraceContext | null => {
  if (typeof value !== 'string') return null;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(value) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
};

export const formatTraceparent = ({ traceId, spanId, isSampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;

/** Null for what cannot be passed on. */
export const readTracestate = (value: unknown): string | null =>
  typeof value === 'string' && TRACESTATE.test(value) ? value : null;
