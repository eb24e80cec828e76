import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallWatch } from '../calls/call-watch.ts';
import { sendAccepted, sendError, sendJson } from './answers.ts';
import type { ChildPool } from './child-pool.ts';
import { SSE_HEADERS } from './event-stream.ts';
import { failureMessage, sendFailure } from './failed-call.ts';
import type { Inbound } from './inbound.ts';
import { type Envelope, RPC, resultMessage } from './json-rpc.ts';
import type { ModernEra } from './modern.ts';
import { isModern } from './modern-claim.ts';
import type { Offers } from './offers.ts';
import { isModernHint, type ParsedPost } from './parse-post.ts';
import { Reply } from './reply.ts';
import { requestIdOf } from './request-id.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';
import { LEGACY_VERSIONS } from './versions.ts';

/** Clients of this version on understand an empty first event. */
const PRIMING_SINCE = '2025-11-25';
/** Batches were a part of 2025-03-26; the next revision dropped them. */
const BATCHES_UNTIL = '2025-06-18';
const EVENT_ID = /^(\d+)_(\d+)$/;

export type StreamableHttp = {
  post(request: IncomingMessage, response: ServerResponse, principal: string, parsed: ParsedPost): void;
  get(request: IncomingMessage, response: ServerResponse, principal: string): void;
  delete(request: IncomingMessage, response: ServerResponse, principal: string): void;
};

export const createStreamableHttp = (deps: {
  store: SessionStore;
  inbound: Inbound;
  offers: Pick<Offers, 'opened' | 'watch'>;
  modern: ModernEra;
  pool: ChildPool;
  calls: Pick<CallWatch, 'of'>;
  clock: () => number;
}): StreamableHttp => {
  const { store, inbound, clock } = deps;

  const refuseSession = (response: ServerResponse, id: string | null) =>
    sendError(response, 404, 'Session not found. Send a new initialize request, without the Mcp-Session-Id header.', {
      code: RPC.SESSION_NOT_FOUND,
      id,
    });

  /** `id`: of the request in the body, under which it is refused. */
  const findSession = (
    request: IncomingMessage,
    response: ServerResponse,
    principal: string,
    id: string | null,
  ): Session | null => {
    const named = request.headers['mcp-session-id'];
    if (typeof named !== 'string') {
      sendError(response, 400, 'The Mcp-Session-Id header is missing. Send an initialize request first.', { id });
      return null;
    }
    const session = store.find(named, principal);
    if (!session) {
      refuseSession(response, id);
      return null;
    }
    const version = request.headers['mcp-protocol-version'];
    if (typeof version === 'string' && !LEGACY_VERSIONS.includes(version)) {
      sendError(
        response,
        400,
        `Unsupported protocol version: ${version}. This session speaks ${session.protocolVersion}.`,
        { id },
      );
      return null;
    }
    session.lastUsed = clock();
    return session;
  };

  const openSession = async (response: ServerResponse, principal: string, envelope: Envelope) => {
    store.makeRoom();
    const { session, result } = await inbound.open(principal, envelope, { requestId: requestIdOf(response.req) });
    store.add(session);
    deps.offers.opened(session, result);
    sendJson(response, 200, resultMessage(envelope.id ?? 'null', result), { 'mcp-session-id': session.id });
  };

  const isPrimed = (session: Session): boolean => session.protocolVersion >= PRIMING_SINCE;

  const onRequests = (session: Session, response: ServerResponse, requests: Envelope[], isBatch: boolean) => {
    const reply = new Reply({
      response,
      session,
      outstanding: requests.length,
      now: clock(),
      primed: isPrimed(session),
      isBatch,
      id: isBatch ? null : (requests[0]?.id ?? null),
      calls: deps.calls.of(response),
    });
    session.replies.add(reply);
    const [single] = requests;
    if (requests.length === 1 && single) deps.offers.watch(session.protocolVersion, single, reply);
    inbound.requests(session, reply, requests)?.catch((error: unknown) => {
      const [first] = requests;
      if (requests.length === 1 && first && !isBatch && !reply.stream) {
        session.replies.delete(reply);
        reply.outstanding = 0;
        sendFailure(response, first.id, error);
      } else for (const envelope of requests) reply.answer(failureMessage(envelope.id, error), clock());
    });
  };

  return {
    post(request, response, principal, parsed) {
      const { messages, body } = parsed;
      const [first] = messages;
      if (!first) return;
      if (body !== null && isModernHint(request, first) && isModern(request.headers, body)) {
        deps.modern.handle({ request, response, principal, envelope: first, body });
        return;
      }
      const isBatch = body === null;
      if (isBatch && messages.some(({ method }) => method === 'initialize'))
        return sendError(response, 400, 'The initialize request must not be part of a batch.', {
          code: RPC.INVALID_REQUEST,
        });
      if (first.method === 'initialize' && first.id !== null) {
        // A session that is gone is answered with 404, whatever the request (2025-11-25, session management). The
        // endpoint does the same, and reads no messages.
        const named = request.headers['mcp-session-id'];
        if (typeof named === 'string' && !store.find(named, principal)) return refuseSession(response, first.id);
        openSession(response, principal, first).catch((error: unknown) => sendFailure(response, first.id, error));
        return;
      }
      const session = findSession(request, response, principal, parsed.id);
      if (!session) return;
      if (isBatch && session.protocolVersion >= BATCHES_UNTIL)
        return sendError(
          response,
          400,
          `Revision ${session.protocolVersion} has no batches. Send one message at a time.`,
          {
            code: RPC.INVALID_REQUEST,
          },
        );
      const requests: Envelope[] = [];
      for (const envelope of messages) {
        if (envelope.method === null) inbound.answer(session, envelope);
        else if (envelope.id === null) inbound.notification(session, envelope);
        else requests.push(envelope);
      }
      if (requests.length === 0) sendAccepted(response);
      else onRequests(session, response, requests, isBatch);
    },

    get(request, response, principal) {
      const session = findSession(request, response, principal, null);
      if (!session) return;
      const resume = EVENT_ID.exec(String(request.headers['last-event-id'] ?? ''));
      const resumed = resume?.[1] === undefined ? null : session.findStream(resume[1]);
      const stream = resumed ?? session.standalone;
      response.writeHead(200, { ...SSE_HEADERS, 'mcp-session-id': session.id });
      response.on('close', () => {
        // A client that listened until now is not idle for as long as it sent nothing: its stream comes back after a sleep.
        session.lastUsed = clock();
        stream.disconnect(response, clock());
      });
      stream.connect(response, {
        now: clock(),
        primed: isPrimed(session),
        ...(resumed && resume ? { after: Number(resume[2]) } : {}),
      });
      inbound.revive(session);
    },

    delete(request, response, principal) {
      const session = findSession(request, response, principal, null);
      if (!session) return;
      store.end(session);
      response.writeHead(200, { 'content-length': 0 });
      response.end();
    },
  };
};
