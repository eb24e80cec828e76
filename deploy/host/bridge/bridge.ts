import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallWatch } from '../calls/call-watch.ts';
import type { HostFailure, HostIsolation, HostStatus, KeptSession, Offer } from '../contract.ts';
import { EVENT_STREAM_HEADER, PRINCIPAL_HEADER } from '../header-contract.ts';
import type { EnforcedLock } from '../lock/enforced-lock.ts';
import type { ValuesGate, Verdict } from '../personal/values-gate.ts';
import { refuseStreamWithoutValues, refuseWithoutValues } from '../personal/values-missing.ts';
import type { ViewsGate } from '../views/views-gate.ts';
import { sendError } from './answers.ts';
import type { ChildPool } from './child-pool.ts';
import { createHousekeeping, DEFAULT_LIMITS, type HousekeepingLimits } from './housekeeping.ts';
import { createInbound } from './inbound.ts';
import { createLegacySse } from './legacy-sse.ts';
import { acceptsAll, mediaTypeOf } from './media-types.ts';
import { createModernEra } from './modern.ts';
import { createTranslatedEra } from './modern-clients/translated-era.ts';
import { createOffers, NO_OFFERS } from './offers.ts';
import { parkSessions } from './park-sessions.ts';
import { type ParsedPost, parsePost } from './parse-post.ts';
import { readBody } from './read-body.ts';
import { refuseRequest } from './refuse-request.ts';
import { idOfRequest } from './refused-id.ts';
import type { Session } from './session.ts';
import { clientsOf } from './session-clients.ts';
import { createSessionStore } from './session-store.ts';
import { createStreamableHttp } from './streamable-http.ts';
import type { ToolHeadersOf } from './tool-headers.ts';

export type Unavailable = {
  status: number;
  message: string;
  failure: HostFailure | null;
  retryAfterSeconds?: number;
};

export type BridgeDeps = {
  pool: ChildPool;
  isolation: HostIsolation;
  machineId: string;
  clock: () => number;
  log: (text: string) => void;
  /** Why nothing can be served at the moment: still installing, failed, about to sleep, stopping. */
  unavailable: () => Unavailable | null;
  toolHeaders: ToolHeadersOf;
  redact: (text: string) => string;
  calls: CallWatch;
  /** Enforces the definitions that were agreed to. */
  lock: Pick<EnforcedLock, 'wants' | 'shown'>;
  /** A list of the server differs from what it was. */
  onListVaried: () => void;
  /** Callers have values of their own; null where all act with the same ones. */
  valuesGate: ValuesGate | null;
  /** Stands before requests of callers who see a view. */
  viewsGate: ViewsGate;
  limits?: Partial<HousekeepingLimits> & { sessionsMax?: number };
};

export type Bridge = {
  mcp(request: IncomingMessage, response: ServerResponse): void;
  sse(request: IncomingMessage, response: ServerResponse): void;
  messages(request: IncomingMessage, response: ServerResponse, sessionId: string | null): void;
  /** To be called about once a second. */
  tick(): void;
  /** Ends streams that would never end by themselves. */
  close(): void;
  readonly sessionCount: number;
  /** The clients of open sessions, without the platform. */
  clients(): NonNullable<HostStatus['clients']>;
  /** Open requests and streams of clients. */
  readonly openStreams: number;
  /** Requests and tasks that the machine must stay awake for. */
  readonly work: number;
  /** Requests that were translated between the eras. */
  readonly translatedCount: number;
  /** The machine is about to sleep: lets go of calls whose questions stay unanswered, and returns the sessions to be kept. */
  park(): KeptSession[];
  /** Returns the answers that clients received to their first questions. */
  offer(): Offer;
  /** Forgets them: clients see other definitions from now on. */
  forgetOffer(): void;
  /** Makes sessions again that an earlier host had. */
  carry(sessions: readonly KeptSession[]): void;
};

/** How long an HTTP+SSE client may take to send `initialize`. */
const UNOPENED_STREAM_MS = 60_000;

const principalOf = (request: IncomingMessage): string => {
  const given = request.headers[PRINCIPAL_HEADER];
  return typeof given === 'string' && given !== '' ? given : 'anonymous';
};

const STREAMS = ['text/event-stream'];
const ANSWERS = ['application/json', ...STREAMS];

export const createBridge = (deps: BridgeDeps): Bridge => {
  const { pool, clock } = deps;
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const store = createSessionStore({
    pool,
    clock,
    ...(deps.limits?.sessionsMax === undefined ? {} : { sessionsMax: deps.limits.sessionsMax }),
  });
  let translated = 0;
  const onTranslated = () => {
    translated += 1;
  };
  // An offer is given to every caller: what one of them received with an own key is not.
  const offers =
    deps.valuesGate === null
      ? createOffers(deps.redact, { shown: deps.lock.shown, onVaried: deps.onListVaried })
      : NO_OFFERS;
  const { shown } = deps.lock;
  const inbound = createInbound({ ...deps, shown, onTranslated });
  const translatedEra = createTranslatedEra({ ...deps, shown, onTranslated, offers });
  const modern = createModernEra({ ...deps, translated: translatedEra, offers });
  const http = createStreamableHttp({ store, inbound, offers, modern, pool, calls: deps.calls, clock });
  const sse = createLegacySse({ store, inbound, calls: deps.calls, clock });
  const housekeeping = createHousekeeping({ store, pool, modern, translated: translatedEra, clock, limits });

  function* all(): Generator<Session> {
    yield* store.all.values();
    yield* modern.contexts.values();
    yield* translatedEra.contexts.values();
  }

  const refuseUnavailable = (response: ServerResponse, id: string | null): boolean => {
    const down = deps.unavailable();
    if (!down) return false;
    const headers = down.retryAfterSeconds === undefined ? {} : { 'retry-after': String(down.retryAfterSeconds) };
    sendError(response, down.status, down.message, { id, data: down.failure ?? undefined, headers });
    return true;
  };

  const readPost = (
    request: IncomingMessage,
    response: ServerResponse,
    use: (parsed: ParsedPost) => void,
    /** The response itself is where its calls are answered. */
    answersHere: boolean,
  ) => {
    if (mediaTypeOf(request.headers['content-type']) !== 'application/json')
      return refuseRequest(request, response, 415, 'Send "Content-Type: application/json".');
    readBody(request, (text, head) => {
      if (text === null)
        return sendError(response, 413, 'The request is larger than 4 MB.', {
          id: idOfRequest(head),
          headers: { connection: 'close' },
        });
      const parsed = parsePost(response, text);
      if (parsed === null) return;
      const calls = deps.calls.open(request, response, parsed);
      if (answersHere) calls?.follow(response);
      if (!refuseUnavailable(response, parsed.id)) use(parsed);
    });
  };

  const verdictOf = (request: IncomingMessage, response: ServerResponse, principal: string): Verdict =>
    deps.viewsGate(request, response, principal)
      ? 'refused'
      : (deps.valuesGate?.(request, response, principal) ?? 'pass');

  const mcp: Bridge['mcp'] = (request, response) => {
    if (deps.lock.wants(request, response)) return;
    const principal = principalOf(request);
    const verdict = verdictOf(request, response, principal);
    if (verdict === 'refused') return;
    switch (request.method) {
      case 'POST':
        if (!acceptsAll(request.headers.accept, ANSWERS))
          return refuseRequest(request, response, 406, 'Send "Accept: application/json, text/event-stream".');
        if (verdict === 'missing')
          return readPost(
            request,
            response,
            (parsed) =>
              refuseWithoutValues(request, response, parsed, (id) => store.find(id, principal)?.initialize ?? null),
            false,
          );
        return readPost(request, response, (parsed) => http.post(request, response, principal, parsed), true);
      case 'GET':
        // Clients probe with a GET: 405 is what the specification has for "no stream here".
        if (request.headers['mcp-session-id'] === undefined)
          return sendError(response, 405, 'Streams belong to sessions. Send an initialize request first.', {
            headers: { allow: 'POST' },
          });
        if (!acceptsAll(request.headers.accept, STREAMS))
          return sendError(response, 406, 'Send "Accept: text/event-stream" to open a stream.');
        if (verdict === 'missing') return refuseStreamWithoutValues(request, response);
        if (refuseUnavailable(response, null)) return;
        return http.get(request, response, principal);
      case 'DELETE':
        return http.delete(request, response, principal);
      default:
        return sendError(response, 405, 'Use POST, GET or DELETE.', { headers: { allow: 'GET, POST, DELETE' } });
    }
  };

  return {
    mcp,
    sse(request, response) {
      if (deps.lock.wants(request, response)) return;
      const principal = principalOf(request);
      const verdict = verdictOf(request, response, principal);
      if (verdict === 'missing') return refuseStreamWithoutValues(request, response);
      if (verdict === 'refused' || refuseUnavailable(response, null)) return;
      const former = request.headers[EVENT_STREAM_HEADER];
      if (typeof former === 'string') sse.comeBack(response, principal, former);
      else sse.connect(response, principal);
    },
    messages(request, response, sessionId) {
      if (deps.lock.wants(request, response)) return;
      const principal = principalOf(request);
      const verdict = verdictOf(request, response, principal);
      const use = (parsed: ParsedPost) =>
        verdict === 'missing'
          ? refuseWithoutValues(request, response, parsed, () => null)
          : sse.post(response, principal, sessionId, parsed);
      if (verdict !== 'refused') readPost(request, response, use, false);
    },
    tick() {
      housekeeping();
      sse.tick(clock() - UNOPENED_STREAM_MS);
    },
    close: translatedEra.close,
    clients: () => clientsOf(store.all.values()),
    get sessionCount() {
      return store.all.size;
    },
    get translatedCount() {
      return translated;
    },
    get work() {
      let work = 0;
      let forgotten = 0;
      for (const session of all()) {
        work += session.work;
        forgotten += session.forgottenCalls;
      }
      let calls = 0;
      for (const peer of pool.peers) calls += peer.work;
      return work + Math.max(0, calls - forgotten);
    },
    offer: offers.read,
    forgetOffer: offers.forget,
    park: () => parkSessions(store, sse.park(), clock()),
    carry(sessions) {
      for (const kept of sessions) {
        if (store.all.has(kept.id)) continue;
        const session = inbound.carry(kept);
        if (!session) continue;
        store.add(session);
        if (kept.connection !== undefined) sse.adopt(session, kept.connection);
      }
    },
    get openStreams() {
      let open = 0;
      for (const session of all()) open += session.openStreams;
      return open;
    },
  };
};
