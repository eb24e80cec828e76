import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { sendAccepted, sendError } from './answers.ts';
import type { CallReply } from './call.ts';
import { SSE_HEADERS } from './event-stream.ts';
import { failureMessage } from './failed-call.ts';
import type { Inbound } from './inbound.ts';
import { type Envelope, RPC, resultMessage } from './json-rpc.ts';
import type { ParsedPost } from './parse-post.ts';
import { requestIdOf } from './request-id.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

type Connection = {
  id: string;
  principal: string;
  response: ServerResponse;
  session: Session | null;
  openedAt: number;
};

export type LegacySse = {
  /** GET /sse: the stream that everything for this client goes to. */
  connect(response: ServerResponse, principal: string): void;
  /** POST /messages?sessionId=…: what the client says. */
  post(response: ServerResponse, principal: string, id: string | null, parsed: ParsedPost): void;
  /** Ends streams that were opened before `before` and never sent `initialize`. */
  endUnopened(before: number): void;
};

/** HTTP+SSE of 2024-11-05, for clients that never learned Streamable HTTP. The session ends with its stream. */
export const createLegacySse = (deps: { store: SessionStore; inbound: Inbound; clock: () => number }): LegacySse => {
  const connections = new Map<string, Connection>();
  const { clock, inbound, store } = deps;

  const write = ({ response }: Connection, message: string) =>
    response.write(`event: message\ndata: ${message.replaceAll('\r', ' ')}\n\n`, 'latin1');

  const replyTo = (connection: Connection, requestId: string | null): CallReply => ({
    requestId,
    get live() {
      return connections.has(connection.id);
    },
    send: (message) => void write(connection, message),
    answer: (message) => void write(connection, message),
  });

  const open = async (connection: Connection, initialize: Envelope, requestId: string | null) => {
    try {
      store.makeRoom();
      const { session, result } = await inbound.open(connection.principal, initialize, { requestId, dialect: 'named' });
      if (!connections.has(connection.id)) return store.end(session);
      connection.session = session;
      store.add(session);
      session.standalone.connect(connection.response, { now: clock(), primed: false });
      write(connection, resultMessage(initialize.id ?? 'null', result));
    } catch (error) {
      write(connection, failureMessage(initialize.id, error));
    }
  };

  return {
    connect(response, principal) {
      const connection: Connection = { id: randomUUID(), principal, response, session: null, openedAt: clock() };
      connections.set(connection.id, connection);
      response.on('close', () => {
        connections.delete(connection.id);
        if (connection.session) store.end(connection.session);
      });
      response.writeHead(200, SSE_HEADERS);
      // Relative, so that it holds behind whatever address the endpoint has.
      response.write(`event: endpoint\ndata: messages?sessionId=${connection.id}\n\n`);
    },
    post(response, principal, id, parsed) {
      const connection = id === null ? undefined : connections.get(id);
      if (!connection || connection.principal !== principal) {
        sendError(response, 404, 'Session not found. Open the event stream again.', {
          code: RPC.SESSION_NOT_FOUND,
          id: parsed.id,
        });
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
        else if (envelope.id === null) inbound.notification(session, envelope);
        else {
          session.lastUsed = clock();
          inbound
            .requests(session, replyTo(connection, requestId), [envelope])
            ?.catch((error: unknown) => write(connection, failureMessage(envelope.id, error)));
        }
      }
    },
    endUnopened(before) {
      // A client that opened a stream and never sent a message is not kept alive.
      for (const connection of connections.values())
        if (!connection.session && connection.openedAt < before) connection.response.end();
    },
  };
};
