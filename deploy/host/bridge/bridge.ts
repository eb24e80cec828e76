import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HostFailure, type HostIsolation, PRINCIPAL_HEADER } from '../contract.ts';
import { HostFailureError } from '../failure.ts';
import { sendAccepted, sendError, sendJson } from './answers.ts';
import { type ChildPool, HandshakeRefused } from './child-pool.ts';
import { SSE_HEADERS } from './event-stream.ts';
import {
  type Envelope,
  errorMessage,
  findMember,
  fromWire,
  onOneLine,
  RPC,
  replaceSpan,
  resultMessage,
  scan,
  scanBatch,
  slice,
} from './json-rpc.ts';
import type { Peer } from './peer.ts';
import { readBody } from './read-body.ts';
import { Reply } from './reply.ts';
import { Session } from './session.ts';
import { shareKeyOf } from './share-key.ts';

const LEGACY_VERSIONS = new Set(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']);
/** Clients of this version on understand an empty first event. */
const PRIMING_SINCE = '2025-11-25';
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

export type Bridge = {
  handle(request: IncomingMessage, response: ServerResponse): void;
  readonly sessions: ReadonlyMap<string, Session>;
};

export type BridgeDeps = {
  pool: ChildPool;
  isolation: HostIsolation;
  /** First part of every session id: tells the endpoint which machine a session lives on. */
  machineId: string;
  clock: () => number;
  /** Why no child can be started at all at the moment: still installing, or the install failed. */
  unavailable: () => {
    status: number;
    message: string;
    failure: HostFailure | null;
    retryAfterSeconds?: number;
  } | null;
};

const principalOf = (request: IncomingMessage): string => {
  const given = request.headers[PRINCIPAL_HEADER];
  return typeof given === 'string' && given !== '' ? given : 'anonymous';
};

const accepts = (request: IncomingMessage, types: string[]): boolean => {
  const accept = request.headers.accept ?? '';
  return accept.includes('*/*') || types.every((type) => accept.includes(type));
};

export const createBridge = (deps: BridgeDeps): Bridge => {
  const sessions = new Map<string, Session>();
  const { pool, clock } = deps;

  const findSession = (request: IncomingMessage, response: ServerResponse): Session | null => {
    const id = request.headers['mcp-session-id'];
    if (typeof id !== 'string') {
      sendError(response, 400, 'The Mcp-Session-Id header is missing. Send an initialize request first.');
      return null;
    }
    const session = sessions.get(id);
    // A session of somebody else's looks like one that is not there.
    if (!session || session.principal !== principalOf(request)) {
      sendError(response, 404, 'Session not found. Send a new initialize request.', { code: RPC.SESSION_NOT_FOUND });
      return null;
    }
    const version = request.headers['mcp-protocol-version'];
    if (typeof version === 'string' && !LEGACY_VERSIONS.has(version)) {
      sendError(
        response,
        400,
        `Unsupported protocol version: ${version}. This session speaks ${session.protocolVersion}.`,
      );
      return null;
    }
    session.lastUsed = clock();
    return session;
  };

  const failCall = (response: ServerResponse, id: string | null, error: unknown) => {
    if (error instanceof HandshakeRefused) {
      const { text, idAt } = error.answer;
      sendJson(response, 200, idAt ? replaceSpan(text, idAt, id ?? 'null') : text);
    } else if (error instanceof HostFailureError)
      // 200, so that clients show the sentence and not only a status code.
      sendError(response, 200, error.failure.message, { id, data: error.failure });
    else
      sendError(response, 503, error instanceof Error ? error.message : String(error), {
        id,
        headers: { 'retry-after': '5' },
      });
  };

  const openSession = async (request: IncomingMessage, response: ServerResponse, envelope: Envelope) => {
    const params = envelope.params ? (fromWire(slice(envelope.text, envelope.params)) as Record<string, unknown>) : {}; // checked below
    const asked = typeof params['protocolVersion'] === 'string' ? params['protocolVersion'] : '2025-03-26';
    const principal = principalOf(request);
    const session = new Session({
      id: `${deps.machineId}.${randomUUID()}`,
      principal,
      initialize: envelope.text,
      protocolVersion: asked,
      shareKey: shareKeyOf(deps.isolation, { principal, protocolVersion: asked, capabilities: params['capabilities'] }),
      clock,
    });
    const peer = await pool.acquire(session);
    const result = peer.initializeResult ?? '{}';
    const versionAt = findMember(result, { start: 0, end: result.length }, 'protocolVersion');
    if (versionAt) session.protocolVersion = slice(result, versionAt).slice(1, -1);
    sessions.set(session.id, session);
    sendJson(response, 200, resultMessage(envelope.id ?? 'null', result), { 'mcp-session-id': session.id });
  };

  /** The child of a session, ready to be spoken to; replays what a new child must know of the session. */
  const childOf = async (session: Session): Promise<Peer> => {
    const peer = await pool.acquire(session);
    announceInitialized(peer);
    return peer;
  };

  const announceInitialized = (peer: Peer) => {
    if (peer.initializedSent) return;
    peer.initializedSent = true;
    peer.send(INITIALIZED);
  };

  const forwardRequest = (session: Session, peer: Peer, reply: Reply, envelope: Envelope) => {
    if (envelope.method === 'resources/subscribe') {
      const at = findMember(envelope.text, envelope.params, 'uri');
      if (at) session.subscriptions.add(slice(envelope.text, at));
    }
    peer.call(session, reply, envelope);
  };

  const onRequests = (session: Session, response: ServerResponse, requests: Envelope[]) => {
    const reply = new Reply({
      response,
      session,
      outstanding: requests.length,
      now: clock(),
      primed: session.protocolVersion >= PRIMING_SINCE,
    });
    session.replies.add(reply);
    const { peer } = session;
    if (peer && !peer.ended && peer.initializedSent) {
      for (const envelope of requests) forwardRequest(session, peer, reply, envelope);
      return;
    }
    childOf(session).then(
      (started) => {
        for (const envelope of requests) forwardRequest(session, started, reply, envelope);
      },
      (error: unknown) => {
        session.replies.delete(reply);
        const [first] = requests;
        if (!reply.stream) failCall(response, first?.id ?? null, error);
        else
          for (const envelope of requests)
            reply.answer(
              errorMessage(envelope.id, RPC.SERVER, error instanceof Error ? error.message : String(error)),
              clock(),
            );
      },
    );
  };

  const onNotification = (session: Session, envelope: Envelope) => {
    const { peer } = session;
    if (!peer || peer.ended) return;
    if (envelope.method === 'notifications/initialized') {
      announceInitialized(peer);
      return;
    }
    if (envelope.method === 'notifications/cancelled') {
      const at = findMember(envelope.text, envelope.params, 'requestId');
      const found = at ? peer.findClientCall(session, slice(envelope.text, at)) : null;
      if (!at || !found) return;
      found.call.cancelledAt = clock();
      peer.send(replaceSpan(envelope.text, at, String(found.id)));
      return;
    }
    peer.send(envelope.text);
  };

  /** The client answers what the server asked it. */
  const onAnswer = (session: Session, envelope: Envelope) => {
    const id = envelope.id ?? '';
    const asked = session.asked.get(id);
    if (!asked || !envelope.idAt) return;
    session.asked.delete(id);
    asked.peer.send(replaceSpan(envelope.text, envelope.idAt, asked.id));
  };

  const onPost = (request: IncomingMessage, response: ServerResponse, body: string) => {
    let envelopes: (Envelope | null)[] | null;
    try {
      // The scanner finds its way only in valid JSON; nothing else must reach a child either.
      JSON.parse(body);
      const text = onOneLine(body);
      const single = scan(text);
      envelopes = single ? [single] : (scanBatch(text)?.map(scan) ?? null);
    } catch {
      sendError(response, 400, 'The body is no valid JSON.', { code: RPC.PARSE_ERROR });
      return;
    }
    const messages = (envelopes ?? []).filter((envelope): envelope is Envelope => envelope !== null);
    const [first] = messages;
    if (!first || messages.length !== envelopes?.length || messages.some(isNoMessage)) {
      sendError(response, 400, 'The body is no JSON-RPC message.', { code: RPC.INVALID_REQUEST });
      return;
    }
    if (first.method === 'initialize' && first.id !== null) {
      const down = deps.unavailable();
      if (down) {
        const headers = down.retryAfterSeconds === undefined ? {} : { 'retry-after': String(down.retryAfterSeconds) };
        sendError(response, down.status, down.message, { id: first.id, data: down.failure ?? undefined, headers });
      } else openSession(request, response, first).catch((error: unknown) => failCall(response, first.id, error));
      return;
    }
    const session = findSession(request, response);
    if (!session) return;
    const requests: Envelope[] = [];
    for (const envelope of messages) {
      if (envelope.method === null) onAnswer(session, envelope);
      else if (envelope.id === null) onNotification(session, envelope);
      else requests.push(envelope);
    }
    if (requests.length === 0) sendAccepted(response);
    else onRequests(session, response, requests);
  };

  const onGet = (request: IncomingMessage, response: ServerResponse) => {
    if (!accepts(request, ['text/event-stream'])) {
      sendError(response, 406, 'Send "Accept: text/event-stream" to open a stream.');
      return;
    }
    const session = findSession(request, response);
    if (!session) return;
    const resume = /^(\d+)_(\d+)$/.exec(String(request.headers['last-event-id'] ?? ''));
    const stream = session.findStream(resume?.[1] ?? '0') ?? session.standalone;
    response.writeHead(200, { ...SSE_HEADERS, 'mcp-session-id': session.id });
    response.on('close', () => stream.disconnect(response, clock()));
    stream.connect(response, {
      now: clock(),
      primed: session.protocolVersion >= PRIMING_SINCE,
      ...(resume && stream.name === resume[1] ? { after: Number(resume[2]) } : {}),
    });
  };

  const onDelete = (request: IncomingMessage, response: ServerResponse) => {
    const session = findSession(request, response);
    if (!session) return;
    sessions.delete(session.id);
    pool.release(session);
    session.standalone.end(clock());
    for (const stream of session.streams) stream.end(clock());
    response.writeHead(200, { 'content-length': 0 });
    response.end();
  };

  return {
    sessions,
    handle(request, response) {
      switch (request.method) {
        case 'POST':
          if (!accepts(request, ['application/json', 'text/event-stream'])) {
            sendError(response, 406, 'Send "Accept: application/json, text/event-stream".');
            return;
          }
          if (!(request.headers['content-type'] ?? '').includes('application/json')) {
            sendError(response, 415, 'Send "Content-Type: application/json".');
            return;
          }
          readBody(request, (body) => {
            if (body === null)
              sendError(response, 413, 'The request is larger than 4 MB.', { headers: { connection: 'close' } });
            else onPost(request, response, body);
          });
          return;
        case 'GET':
          return onGet(request, response);
        case 'DELETE':
          return onDelete(request, response);
        default:
          sendError(response, 405, 'Use POST, GET or DELETE.', { headers: { allow: 'GET, POST, DELETE' } });
      }
    },
  };
};

const isNoMessage = (envelope: Envelope): boolean =>
  envelope.method === null && (envelope.id === null || (envelope.result === null && envelope.error === null));
