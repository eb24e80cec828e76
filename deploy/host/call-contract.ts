/** What the host reports of calls. Types and constants, no dependency, like contract.ts. */

/** Methods that the call log holds: everything else is protocol. */
export const RECORDED_METHODS = ['tools/call', 'prompts/get', 'resources/read'] as const;
export type RecordedMethod = (typeof RECORDED_METHODS)[number];

/**
 * How a call ended. TOOL_ERROR: a result with `isError`. PROTOCOL_ERROR: a JSON-RPC error, or a refusal of the host.
 * TIMED_OUT: the client gave up waiting and said so. CANCELLED: it left, or cancelled for another reason. INPUT_REQUIRED:
 * a round of the stateless protocol that ended with questions to the client.
 */
export const CALL_OUTCOMES = [
  'OK',
  'TOOL_ERROR',
  'PROTOCOL_ERROR',
  'CANCELLED',
  'TIMED_OUT',
  'INPUT_REQUIRED',
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** Arguments and result as JSON, redacted and cut; null where there is none. */
export type CallBodies = { arguments: string | null; result: string | null };

/** The place of a call in a trace; ids as in trace-context.ts. */
export type CallTrace = {
  traceId: string;
  /** The span that the call belongs to: the client's, where `_meta` named one, else the endpoint's. */
  parentId: string;
  /** The endpoint's span, if the client's is the parent. */
  link: { traceId: string; spanId: string } | null;
  /** The host's span of the call. */
  spanId: string;
  /** Its span of the request to the child, which the child received as its parent. */
  childSpanId: string;
  /** The client's id of the request. */
  rpcId: string;
  /** If a child was started for the call: how long after its arrival, and for how long, in milliseconds. */
  start: { afterMs: number; tookMs: number } | null;
};

/** One call of a client. */
export type CallRecord = {
  /** ISO 8601: when the request had come. */
  at: string;
  /** The endpoint's label of the caller. */
  caller: string;
  client: { name: string; version: string } | null;
  method: RecordedMethod;
  /** The tool, the prompt, or the address of the resource. */
  name: string;
  outcome: CallOutcome;
  /** The code of a JSON-RPC error. */
  errorCode: number | null;
  /** Until the answer was sent; `waitedMs` of it passed while the client had a question of the server to answer. */
  durationMs: number;
  waitedMs: number;
  /** Sizes of the JSON-RPC messages; 0 where there was no answer. */
  bytesIn: number;
  bytesOut: number;
  sessionId: string | null;
  /** The endpoint's id of the request. */
  requestId: string | null;
  era: 'legacy' | 'modern';
  /** Null unless the endpoint asks for them. */
  bodies: CallBodies | null;
  /** Null unless the endpoint asks for it, and the trace is sampled. */
  trace: CallTrace | null;
};

/**
 * `GET /calls?cursor=…`: the oldest records after the cursor, as many as one answer takes. `cursor` continues after
 * them; `lost` counts those after the cursor that were dropped because no one had taken them in time. An unknown cursor,
 * such as that of an earlier host, starts at the oldest record kept. The answer has the form of call-page.ts.
 */
export type CallPage = { records: CallRecord[]; cursor: string; lost: number; more: boolean };
