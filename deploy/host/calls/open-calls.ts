import type { ServerResponse } from 'node:http';
import { type Envelope, findMember, scan, slice } from '../bridge/json-rpc.ts';
import { fromWire } from '../bridge/wire-values.ts';
import type { CallBodies, CallRecord, RecordedMethod } from '../call-contract.ts';
import type { CallEntry } from '../call-slot.ts';
import { isRecord, isText } from '../records.ts';
import type { BodyReader } from './call-bodies.ts';
import { type OpenTrace, startWithin } from './call-trace.ts';
import { type Ending, endingOf, endingOfCancellation } from './outcome.ts';

/** The session of a call, as far as the log has to know it. */
export type CallSession = {
  readonly id: string;
  readonly dialect: string;
  readonly initialize: string;
  waitedMs: number;
  /** Null while it has no child. */
  readonly peer: { readonly startedAt: Date; readonly servedAtMs: number | null } | null;
  /** The client by its own account in `initialize`; undefined until a call is recorded. */
  client: CallRecord['client'] | undefined;
};

/** One call of a POST. */
export type CallFacts = {
  /** The client's id of the request, as it stands in its message. */
  id: string;
  method: RecordedMethod;
  name: string;
  bytesIn: number;
  /** Its arguments as they came, if they are recorded. */
  sent: string | null;
  /** Its place in a trace, if the endpoint asks for it. */
  trace: OpenTrace | null;
};

/** What the calls of one POST share. */
export type OpenCallsOptions = {
  calls: CallFacts[];
  caller: string;
  requestId: string | null;
  /** Read from the requests themselves; a session knows its client and its protocol better. */
  client: CallRecord['client'];
  era: 'legacy' | 'modern';
  /** Reads arguments and results; null if they are not recorded. */
  bodies: BodyReader | null;
  /** When the POST had come, in milliseconds since 1970. */
  atMs: number;
  /** Milliseconds, for durations. */
  clock: () => number;
  onEnd: (entry: CallEntry) => void;
};

const NAME_CHARACTERS_MAX = 128;

/** A client's account of itself, parsed as it came; null where there is none. */
export const readClient = (info: unknown): CallRecord['client'] => {
  if (!isRecord(info) || !isText(info['name'])) return null;
  const text = (value: unknown) => (isText(value) ? fromBytes(value).slice(0, NAME_CHARACTERS_MAX) : '');
  return { name: text(info['name']), version: text(info['version']) };
};

/** The client of a session by its own account, read once, from its `initialize`. */
export const clientOf = (session: Pick<CallSession, 'client' | 'initialize'>): CallRecord['client'] => {
  if (session.client !== undefined) return session.client;
  const initialize = scan(session.initialize);
  const info = initialize && findMember(session.initialize, initialize.params, 'clientInfo');
  const read = info ? fromWire(slice(session.initialize, info)) : null;
  session.client =
    isRecord(read) && isText(read['name']) ? { name: cut(read['name']), version: cut(read['version']) } : null;
  return session.client;
};

const cut = (value: unknown): string => (isText(value) ? value.slice(0, NAME_CHARACTERS_MAX) : '');

/** A property and not an entry of a WeakMap: the garbage collector visits such a map for every call that it holds. */
export const CALLS = Symbol('calls');
export type CarryingResponse = ServerResponse & { [CALLS]?: OpenCalls };

const NONE: readonly CallFacts[] = [];

/** One function for all responses. */
function onClose(this: CarryingResponse) {
  this[CALLS]?.closed(this);
}

/** The calls of one POST that have not ended. A class, not a closure: one is made for every call. */
export class OpenCalls {
  #open: readonly CallFacts[];
  readonly #options: OpenCallsOptions;
  #session: CallSession | null = null;
  readonly #startedAt: number;
  #waitedBefore = 0;

  constructor(options: OpenCallsOptions) {
    this.#open = options.calls;
    this.#options = options;
    this.#startedAt = options.clock();
  }

  /** A session carries the calls on: from now on the answers are its own. */
  take(session: CallSession): void {
    this.#session = session;
    this.#waitedBefore = session.waitedMs;
  }

  /** Ends calls whose response is over, unless a session carries them on. */
  follow(response: CarryingResponse): void {
    response.on('close', onClose);
  }

  closed(response: ServerResponse): void {
    if (this.#open.length === 0) return;
    if (response.writableFinished) this.#endAll({ outcome: 'PROTOCOL_ERROR', errorCode: null });
    else if (this.#session === null) this.lost();
  }

  /** A client received the answer to one of them. */
  answered(message: string): void {
    const [only] = this.#open;
    if (only === undefined) return;
    if (this.#open.length === 1) this.#end(only, message);
    else {
      const id = scan(message)?.id;
      const call = this.#open.find((one) => one.id === id);
      if (call) this.#end(call, message);
    }
  }

  /** The client no longer wants the answer to a request. `notification`: its `notifications/cancelled`. */
  cancelled(id: string, notification: Envelope): void {
    const call = this.#open.find((one) => one.id === id);
    if (call === undefined) return;
    const at = findMember(notification.text, notification.params, 'reason');
    this.#end(call, endingOfCancellation(at ? slice(notification.text, at) : ''));
  }

  /** The client left. */
  lost(): void {
    this.#endAll({ outcome: 'CANCELLED', errorCode: null });
  }

  #endAll(end: Ending): void {
    for (const call of [...this.#open]) this.#end(call, end);
  }

  #end(call: CallFacts, end: string | Ending): void {
    this.#open = this.#open.length === 1 ? NONE : this.#open.filter((one) => one !== call);
    const session = this.#session;
    const options = this.#options;
    const durationMs = options.clock() - this.#startedAt;
    const isStateless = session !== null && session.dialect === 'plain';
    const { outcome, errorCode } = typeof end === 'string' ? endingOf(end) : end;
    // Member by member: a spread costs as much as all the rest.
    options.onEnd({
      atMs: options.atMs,
      caller: options.caller,
      client: session === null || isStateless ? options.client : clientOf(session),
      method: call.method,
      name: call.name,
      outcome,
      errorCode,
      durationMs,
      waitedMs: session === null ? 0 : Math.min(durationMs, session.waitedMs - this.#waitedBefore),
      bytesIn: call.bytesIn,
      bytesOut: typeof end === 'string' ? end.length : 0,
      sessionId: session === null || session.id === '' ? null : session.id,
      requestId: options.requestId,
      era: session === null ? options.era : isStateless ? 'modern' : 'legacy',
      bodies: options.bodies === null ? null : bodiesOf(options.bodies, call.sent, end),
      trace:
        call.trace === null
          ? null
          : { ...call.trace, start: startWithin(session?.peer ?? null, { atMs: options.atMs, durationMs }) },
    });
  }
}

const bodiesOf = (reader: BodyReader, sent: string | null, end: string | Ending): CallBodies => ({
  arguments: sent === null ? null : reader.read(sent),
  result: typeof end === 'string' ? reader.readAnswer(end) : null,
});

/** The name of what is called, by method; parsed as it came. */
export const nameOf = (method: RecordedMethod, params: unknown): string => {
  const value = isRecord(params) ? params[method === 'resources/read' ? 'uri' : 'name'] : undefined;
  return isText(value) ? fromBytes(value).slice(0, CALLED_CHARACTERS_MAX) : '';
};

/** The text of bytes that came as a character each; most are ASCII, and are their own text. */
const fromBytes = (value: string): string =>
  IS_ASCII.test(value) ? value : Buffer.from(value, 'latin1').toString('utf8');

const IS_ASCII = /^[\x20-\x7e]*$/;

const CALLED_CHARACTERS_MAX = 256;
