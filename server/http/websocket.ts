import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, execute, GraphQLError, subscribe } from 'graphql';
import { CloseCode, type Context, handleProtocols, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer as serveOver } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { networkOf } from '#server/domain/network.ts';
import type { Log } from '../logging/log.ts';
import { type Authenticate, type Credentials, credentialsOf } from './authenticate.ts';
import { GRAPHQL_PATH, type GraphqlServer } from './graphql.ts';
import { CONNECTIONS_PER_USER_MAX } from './open-subscriptions.ts';
import type { LimitCaller } from './rate-limit.ts';
import type { Refusal } from './same-site.ts';
import type { Shares } from './shares.ts';
import type { SignedInConnections } from './signed-in-connections.ts';

const SUBSCRIPTIONS_PER_SOCKET_MAX = 100;
const INIT_TIMEOUT_MS = 5_000;
const PING_MS = 25_000;
/** As much as the body of a caller who is not known yet. */
const MESSAGE_BYTES_MAX = 64 * 1024;
/** RFC 6455, section 7.4: a client of graphql-ws waits and tries again. */
const TRY_AGAIN_LATER = 1013;

export type WebsocketOptions = {
  graphql: GraphqlServer;
  check: (req: IncomingMessage) => Refusal | null;
  addressOf: (req: IncomingMessage) => string;
  limitCaller: LimitCaller;
  authenticate: Authenticate;
  connections: SignedInConnections;
  /** Open connections by network, shared with subscriptions over HTTP. */
  openByNetwork: Shares;
  log: Log;
};

export interface GraphqlSockets {
  /** For the HTTP server's `upgrade` event. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many are open. */
  count(): number;
  close(): Promise<void>;
}

type InitParams = { authorization?: unknown };
type SocketContext = Context<InitParams, Extra>;

/** The operation of one message, with a context of its own. */
type Operation = ExecutionArgs & { run: { execute: typeof execute; subscribe: typeof subscribe } };
const runs = new WeakMap<object, Operation['run']>();

/** GraphQL subscriptions (and anything else) over WebSocket, protocol graphql-transport-ws, on the path of GraphQL. */
export function createGraphqlSockets({
  graphql,
  check,
  addressOf,
  limitCaller,
  authenticate,
  connections,
  openByNetwork,
  log,
}: WebsocketOptions): GraphqlSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, handleProtocols });

  /** Parses, validates and gives a context, by the same plugins as over HTTP. */
  const prepare = async (credentials: Credentials, payload: SubscribePayload) => {
    if ((await limitCaller(credentials)) !== null) return [refusal('Too many requests.')];
    const enveloped = graphql.getEnveloped({ credentials, params: payload });
    const document = enveloped.parse(payload.query);
    const errors = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return errors;
    const args: ExecutionArgs = {
      schema: enveloped.schema,
      document,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables ?? null,
      contextValue: await enveloped.contextFactory(),
    };
    runs.set(args, { execute: enveloped.execute, subscribe: enveloped.subscribe });
    return args;
  };
  const runOf = (args: ExecutionArgs) => runs.get(args) ?? { execute, subscribe };

  const credentialsFor = ({ connectionParams, extra: { request } }: SocketContext): Credentials => {
    const sent = credentialsOf(request.headers, addressOf(request));
    const given = connectionParams?.authorization;
    return { ...sent, authorization: typeof given === 'string' ? given : sent.authorization };
  };

  const disposable = serveOver<InitParams>(
    {
      execute: (args) => runOf(args).execute(args),
      subscribe: (args) => runOf(args).subscribe(args),
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: async (ctx) => {
        const { socket } = ctx.extra;
        const credentials = credentialsFor(ctx);
        if ((await limitCaller(credentials)) !== null) return socket.close(TRY_AGAIN_LATER, 'Too many requests');
        const actor = await authenticate(credentials);
        if (actor === null) return;
        if (connections.count(actor.userId) >= CONNECTIONS_PER_USER_MAX) {
          return socket.close(TRY_AGAIN_LATER, 'Too many connections');
        }
        const unwatch = connections.watch(actor.userId, credentials, () => {
          socket.close(CloseCode.Forbidden, 'You are signed out');
        });
        socket.once('close', unwatch);
        if (socket.readyState !== socket.OPEN) unwatch(); // it left in between
      },
      onSubscribe: (ctx, _id, payload) => {
        if (Object.keys(ctx.subscriptions).length > SUBSCRIPTIONS_PER_SOCKET_MAX) {
          return [refusal('Too many subscriptions on one connection.')];
        }
        return prepare(credentialsFor(ctx), payload).catch((error: unknown) => {
          if (error instanceof GraphQLError) return [error]; // a syntax error
          log.error({ err: error }, 'A subscription could not be prepared.');
          return [new GraphQLError('Something went wrong on our side.', { extensions: { code: 'INTERNAL' } })];
        });
      },
    },
    server,
    PING_MS,
  );

  const refuse = (socket: Duplex, status: string, body: object) => {
    const text = JSON.stringify({ error: body });
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
      () => socket.destroy(), // a peer that does not close its side would keep it
    );
  };

  return {
    upgrade: (req, socket, head) => {
      socket.on('error', () => socket.destroy()); // the peer left in the middle
      const refusal = check(req);
      if (refusal) return refuse(socket, '403 Forbidden', refusal);
      if (req.url?.split('?')[0] !== GRAPHQL_PATH) {
        return refuse(socket, '404 Not Found', { code: 'NOT_FOUND', message: 'Nothing listens here.' });
      }
      const release = openByNetwork.take(networkOf(addressOf(req)));
      if (release === null) {
        return refuse(socket, '429 Too Many Requests', { code: 'LIMIT_REACHED', message: 'Too many connections.' });
      }
      socket.once('close', release);
      server.handleUpgrade(req, socket, head, (webSocket) => {
        server.emit('connection', webSocket, req);
        // graphql-ws would write each protocol error of a peer to standard error; ws itself closes the socket
        webSocket.removeAllListeners('error').on('error', (error) => log.debug({ err: error }, 'A WebSocket failed.'));
      });
    },
    count: () => server.clients.size,
    close: async () => {
      await disposable.dispose();
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

const refusal = (message: string) => new GraphQLError(message, { extensions: { code: 'LIMIT_REACHED' } });
