import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { CallWatch } from '../calls/call-watch.ts';
import type { OpenCalls } from '../calls/open-calls.ts';
import { EVENT_STREAM_HEADER } from '../header-contract.ts';
import { sendAccepted, sendError } from './answers.ts';
import type { CallReply } from './call.ts';
import { SSE_HEADERS } from './event-stream.ts';
import { failureMessage } from './failed-call.ts';
import type { Inbound } from './inbound.ts';
import { type Envelope, findMember, RPC, resultMessage, slice } from './json-rpc.ts';
import type { ParsedPost } from './parse-post.ts';
import { requestIdOf } from './request-id.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

type Connection = {
  id: string;
  principal: string;
  /** Null while the endpoint has let go of the stream. */
  response: ServerResponse | null;
  session: Session | null;
  /** Calls that its stream has yet to answer. */
  calls: Set<OpenCalls>;
  openedAt: number;
  /** The machine has been asleep since the stream was opened: the endpoint opens it again. */
  comesBack: boolean;
};

export type LegacySse = {
  /** GET /sse: the stream that everything for this client goes to. */
  connect(response: ServerResponse, principal: string): void;
  /** The endpoint opens the stream of a connection again, whose client did not notice that the machine slept. */
  comeBack(response: ServerResponse, principal: string, id: string): void;
  /** POST /messages?sessionId=…: what the client says. */
  post(response: ServerResponse, principal: string, id: string | null, parsed: ParsedPost): void;
  /** The machine is about to sleep: sessions outlive their streams from now on. Returns the way to a session's connection. */
  park(): (session: Session) => string | undefined;
  /** A session of an earlier host, whose stream the endpoint opens again. */
  adopt(session: Session, id: string): void;
  /** Ends streams that were opened before `before` and never sent `initialize`, and forgets connections whose session ended. */
  tick(before: number): void;
};

const GONE = 'Session not found. Open the event stream again.';

/** HTTP+SSE of 2024-11-05, for clients that never learned Streamable HTTP. The session ends with its stream. */
export const createLegacySse = (deps: {
  store: SessionStore;
  inbound: Inbound;
  calls: Pick<CallWatch, 'of'>;
  clock: () => number;
}): LegacySse => {
  const connections = new Map<string, Connection>();
  const { clock, inbound, store } = deps;

  const write = ({ response, session }: Connection, message: string) => {
    if (session) session.standalone.send(message, clock());
    else response?.write(`event: message\ndata: ${message.replaceAll('\r', ' ')}\n\n`, 'latin1');
  };

  const replyTo = (connection: Connection, requestId: string | null, calls: OpenCalls | null): CallReply => {
    if (calls !== null) connection.calls.add(calls);
    return {
      requestId,
      get live() {
        return connections.has(connection.id);
      },
      send: (message) => write(connection, message),
      answer: (message) => {
        write(connection, message);
        if (calls === null) return;
        connection.calls.delete(calls);
        calls.answered(message);
      },
    };
  };

  const onCancelled = (connection: Connection, envelope: Envelope) => {
    const id = findMember(envelope.text, envelope.params, 'requestId');
    if (id) for (const calls of connection.calls) calls.cancelled(slice(envelope.text, id), envelope);
  };

  const open = async (connection: Connection, initialize: Envelope, requestId: string | null) => {
    try {
      store.makeRoom();
      const { session, result } = await inbound.open(connection.principal, initialize, { requestId, dialect: 'named' });
      const { response } = connection;
      if (!connections.has(connection.id) || response === null) return store.end(session);
      connection.session = session;
      store.add(session);
      session.standalone.connect(response, { now: clock(), primed: false });
      write(connection, resultMessage(initialize.id ?? 'null', result));
    } catch (error) {
      write(connection, failureMessage(initialize.id, error));
    }
  };

  /** The stream of the connection is this response until it closes, or until another one takes its place. */
  const attach = (connection: Connection, response: ServerResponse) => {
    connection.response = response;
    response.on('close', () => {
      const { session } = connection;
      if (connection.response !== response) return;
      connection.response = null;
      if (session && !session.ended && connection.comesBack) {
        session.lastUsed = clock();
        session.standalone.disconnect(response, clock());
        return;
      }
      connections.delete(connection.id);
      for (const calls of connection.calls) calls.lost();
      if (session) store.end(session);
    });
  };

  const notFound = (response: ServerResponse, id: string | null) =>
    sendError(response, 404, GONE, { code: RPC.SESSION_NOT_FOUND, id });

  return {
    connect(response, principal) {
      const id = randomUUID();
      const connection: Connection = {
        ...{ id, principal, response, session: null, calls: new Set<OpenCalls>() },
        ...{ openedAt: clock(), comesBack: false },
      };
      connections.set(id, connection);
      attach(connection, response);
      response.writeHead(200, SSE_HEADERS);
      // Relative, so that it holds behind whatever address the endpoint has.
      response.write(`event: endpoint\ndata: messages?sessionId=${id}\n\n`);
    },
    comeBack(response, principal, id) {
      const connection = connections.get(id);
      if (!connection?.session || connection.principal !== principal) return void notFound(response, null);
      connection.comesBack = false;
      attach(connection, response);
      response.writeHead(200, { ...SSE_HEADERS, [EVENT_STREAM_HEADER]: id });
      connection.session.standalone.connect(response, { now: clock(), primed: false });
      inbound.revive(connection.session);
    },
    park() {
      const parked = new Map<Session, string>();
      for (const connection of connections.values()) {
        const { session } = connection;
        if (!session) continue;
        connection.comesBack = true;
        session.standalone.retain();
        parked.set(session, connection.id);
      }
      return (session) => parked.get(session);
    },
    adopt(session, id) {
      const { principal } = session;
      connections.set(id, {
        ...{ id, principal, response: null, session, calls: new Set<OpenCalls>() },
        ...{ openedAt: clock(), comesBack: true },
      });
      session.standalone.retain();
    },
    post(response, principal, id, parsed) {
      const connection = id === null ? undefined : connections.get(id);
      if (!connection || connection.principal !== principal) {
        notFound(response, parsed.id);
        return;
      }
      sendAccepted(response);
      const requestId = requestIdOf(response.req);
      for (const envelope of parsed.messages) {
        const { session } = connection;
        if (envelope.method === 'initialize' && envelope.id !== null) void open(connection, envelope, requestId);
        else if (!session) {
          if (envelope.id !== null) write(connection, failureMessage(envelope.id, new Error('Send initialize first.')));
        } else if (envelope.method === null) inbound.answer(session, envelope);
        else if (envelope.id === null) {
          if (envelope.method === 'notifications/cancelled') onCancelled(connection, envelope);
          inbound.notification(session, envelope);
        } else {
          session.lastUsed = clock();
          const calls = deps.calls.of(response);
          calls?.take(session);
          const reply = replyTo(connection, requestId, calls);
          inbound
            .requests(session, reply, [envelope])
            ?.catch((error: unknown) => reply.answer(failureMessage(envelope.id, error), clock()));
        }
      }
    },
    tick(before) {
      for (const connection of connections.values()) {
        const { session, response, id } = connection;
        // A client that opened a stream and never sent a message is not kept alive.
        if (!session && connection.openedAt < before) response?.end();
        if (session?.ended && response === null) connections.delete(id);
      }
    },
  };
};
