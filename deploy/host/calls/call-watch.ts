import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Envelope } from '../bridge/json-rpc.ts';
import { rawFromWire, slice } from '../bridge/json-rpc.ts';
import { isModern } from '../bridge/modern-claim.ts';
import { isModernHint, type ParsedPost } from '../bridge/parse-post.ts';
import { requestIdOf } from '../bridge/request-id.ts';
import { type CallRecord, RECORDED_METHODS, type RecordedMethod } from '../call-contract.ts';
import { CALLER_HEADER } from '../contract.ts';
import { isRecord } from '../records.ts';
import type { CallRing } from './call-ring.ts';
import { type CallFacts, type Ended, nameOf, OpenCalls, readClient } from './open-calls.ts';
import { endingOf } from './outcome.ts';

const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
const CALLER = /^[\w:.-]{1,128}$/;

export type CallWatch = {
  /** Opens the calls in a POST of a caller with a label; `of` then finds them. */
  open(request: IncomingMessage, response: ServerResponse, parsed: ParsedPost): OpenCalls | null;
  /** The calls of the POST that this response answers. */
  of(response: ServerResponse): OpenCalls | null;
};

const isRecorded = (method: string | null): method is RecordedMethod =>
  (RECORDED_METHODS as readonly (string | null)[]).includes(method);

const callerOf = (request: IncomingMessage): string | null => {
  const given = request.headers[CALLER_HEADER];
  return typeof given === 'string' && CALLER.test(given) ? given : null;
};

const paramsOf = ({ text, params }: Envelope): unknown => (params === null ? null : rawFromWire(slice(text, params)));

const metaOf = (body: Record<string, unknown> | null): Record<string, unknown> => {
  const params = body?.['params'];
  return isRecord(params) && isRecord(params['_meta']) ? params['_meta'] : {};
};

/**
 * Records the calls of clients. What is read of an answer is read after the answer was sent: at the end of the turn, for
 * all calls that ended in it.
 */
export const createCallWatch = (deps: {
  ring: Pick<CallRing, 'add'>;
  /** Milliseconds, for durations. */
  clock: () => number;
  now: () => Date;
}): CallWatch => {
  const opened = new WeakMap<ServerResponse, OpenCalls>();
  let ended: Ended[] = [];

  const record = (ended: Ended): CallRecord => {
    const { end, session } = ended;
    const { outcome, errorCode } = typeof end === 'string' ? endingOf(end) : end;
    return {
      at: ended.at,
      caller: ended.caller,
      client: ended.client,
      method: ended.method,
      name: ended.name,
      outcome,
      errorCode,
      durationMs: Math.round(ended.durationMs * 100) / 100,
      waitedMs: Math.round(ended.waitedMs),
      bytesIn: ended.bytesIn,
      bytesOut: typeof end === 'string' ? end.length : 0,
      sessionId: session === null || session.id === '' ? null : session.id,
      requestId: ended.requestId,
      era: ended.era,
    };
  };

  const settle = () => {
    const settled = ended;
    ended = [];
    for (const one of settled) deps.ring.add(record(one));
  };

  const onEnd = (one: Ended) => {
    if (ended.length === 0) setImmediate(settle);
    ended.push(one);
  };

  const openCalls = (request: IncomingMessage, { messages, body }: ParsedPost): OpenCalls | null => {
    const [first] = messages;
    if (first === undefined || (body !== null && !isRecorded(first.method))) return null;
    const caller = callerOf(request);
    if (caller === null) return null;
    const at = deps.now().toISOString();
    const startedAt = deps.clock();
    const requestId = requestIdOf(request);
    const calls: CallFacts[] = [];
    for (const envelope of messages) {
      const { id, method, text } = envelope;
      if (id === null || !isRecorded(method)) continue;
      const name = nameOf(method, body === null ? paramsOf(envelope) : body['params']);
      calls.push({ id, at, startedAt, caller, requestId, method, name, bytesIn: text.length });
    }
    if (calls.length === 0) return null;
    const era = body !== null && isModernHint(request, first) && isModern(request.headers, body) ? 'modern' : 'legacy';
    return new OpenCalls({ calls, client: readClient(metaOf(body)[CLIENT_INFO]), era, now: deps.clock, onEnd });
  };

  return {
    open: (request, response, parsed) => {
      const calls = openCalls(request, parsed);
      if (calls !== null) opened.set(response, calls);
      return calls;
    },
    of: (response) => opened.get(response) ?? null,
  };
};
