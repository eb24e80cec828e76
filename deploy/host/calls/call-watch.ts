import type { IncomingMessage, ServerResponse } from 'node:http';
import { memberText } from '../bridge/json-edit.ts';
import { type Envelope, slice } from '../bridge/json-rpc.ts';
import { isModern } from '../bridge/modern-claim.ts';
import { isModernHint, type ParsedPost } from '../bridge/parse-post.ts';
import { requestIdOf } from '../bridge/request-id.ts';
import { rawFromWire } from '../bridge/wire-values.ts';
import { RECORDED_METHODS, type RecordedMethod } from '../call-contract.ts';
import type { CallEntry } from '../call-slot.ts';
import { CALLER_HEADER, RECORD_BODIES_HEADER } from '../header-contract.ts';
import { isRecord } from '../records.ts';
import type { BodyReader } from './call-bodies.ts';
import type { CallRing } from './call-ring.ts';
import { httpTraceOf, traceCall } from './call-trace.ts';
import { CALLS, type CallFacts, type CarryingResponse, nameOf, OpenCalls, readClient } from './open-calls.ts';

const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
const CALLER = /^[\w:.-]{1,128}$/;

export type CallWatch = {
  /**
   * Opens the calls in a POST of a caller with a label; `of` then finds them. Where the endpoint wants their spans, the
   * messages of the POST get the place of the calls in the trace.
   */
  open(request: IncomingMessage, response: ServerResponse, parsed: ParsedPost): OpenCalls | null;
  /** The calls of the POST that this response answers. */
  of(response: ServerResponse): OpenCalls | null;
};

const isRecorded = (method: string | null): method is RecordedMethod =>
  (RECORDED_METHODS as readonly (string | null)[]).includes(method);

/** Most calls in a row have the same label, which need not be looked at again. */
let lastCaller = '';

const callerOf = (request: IncomingMessage): string | null => {
  const given = request.headers[CALLER_HEADER];
  if (given === lastCaller && lastCaller !== '') return lastCaller;
  if (typeof given !== 'string' || !CALLER.test(given)) return null;
  lastCaller = given;
  return given;
};

const paramsOf = ({ text, params }: Envelope): unknown => (params === null ? null : rawFromWire(slice(text, params)));

const metaOf = (body: Record<string, unknown> | null): Record<string, unknown> => {
  const params = body?.['params'];
  return isRecord(params) && isRecord(params['_meta']) ? params['_meta'] : {};
};

/** Records the calls of clients. What is read of an answer is read after the answer was sent. */
export const createCallWatch = (deps: {
  ring: Pick<CallRing, 'add'>;
  /** Milliseconds, for durations. */
  clock: () => number;
  bodies: BodyReader;
  /** Milliseconds since 1970. */
  nowMs: () => number;
}): CallWatch => {
  const { ring, clock, nowMs } = deps;
  const onEnd = (entry: CallEntry) => ring.add(entry);

  const openCalls = (request: IncomingMessage, { messages, body }: ParsedPost): OpenCalls | null => {
    const [first] = messages;
    if (first === undefined || (body !== null && !isRecorded(first.method))) return null;
    const caller = callerOf(request);
    if (caller === null) return null;
    const recordsBodies = request.headers[RECORD_BODIES_HEADER] === '1';
    const http = httpTraceOf(request);
    const calls: CallFacts[] = [];
    for (const [at, envelope] of messages.entries()) {
      const { id, method, text, params } = envelope;
      if (id === null || !isRecorded(method)) continue;
      const name = nameOf(method, body === null ? paramsOf(envelope) : body['params']);
      const traced = http === null ? null : traceCall(envelope, http);
      if (traced !== null) messages[at] = traced.message;
      calls.push({
        id,
        method,
        name,
        bytesIn: text.length,
        sent: recordsBodies ? memberText(text, params, 'arguments') : null,
        trace: traced?.trace ?? null,
      });
    }
    if (calls.length === 0) return null;
    const era = body !== null && isModernHint(request, first) && isModern(request.headers, body) ? 'modern' : 'legacy';
    const client = readClient(metaOf(body)[CLIENT_INFO]);
    return new OpenCalls({
      calls,
      caller,
      requestId: requestIdOf(request),
      client,
      era,
      bodies: recordsBodies ? deps.bodies : null,
      atMs: nowMs(),
      clock,
      onEnd,
    });
  };

  return {
    open: (request, response: CarryingResponse, parsed) => {
      const calls = openCalls(request, parsed);
      if (calls !== null) response[CALLS] = calls;
      return calls;
    },
    of: (response: CarryingResponse) => response[CALLS] ?? null,
  };
};
