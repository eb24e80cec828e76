import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as TcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Env } from '../env.ts';
import { StartError } from '../process/start-error.ts';

const DRAIN_MS_MAX = 8_000;
const IDLE_CHECK_MS = 50;
/** Longer than proxies in front keep an idle connection, so that none is closed under a request. */
const KEEP_ALIVE_MS = 75_000;
/** From the first byte of a request to the end of its headers. */
const HEADERS_MS_MAX = 20_000;

export type Handlers = {
  request: RequestListener;
  upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
};

export type HttpServer = {
  port: number;
  /** From now on requests are answered. */
  serve(handlers: Handlers): Promise<void>;
  /** Takes no new connections; those that are open say with their next answer that it is their last. */
  stopListening(): void;
  /** Takes no new connections, and gives requests under way some seconds. Closing twice is fine. */
  close(): Promise<void>;
};

const notReady: Handlers = {
  request: (_req, res) => {
    res.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
    res.end('{"error":{"code":"STARTING","message":"The server is starting."}}');
  },
  upgrade: (_req, socket) => socket.destroy(),
};

/**
 * Takes the port before anything else is opened, so that one in use is found out at once, and answers 503 until `serve`.
 * One of several takes it only then: a proxy in front must not send anything here before, and a port that was taken and
 * let go again would cut what came in between.
 */
export async function listenHttp(
  { HOST, PORT }: Pick<Env, 'HOST' | 'PORT'>,
  isOneOfSeveral: boolean,
): Promise<HttpServer> {
  let handlers = notReady;
  let stopping = false;
  const options = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_MS_MAX,
    // RFC 9110, section 7.8: an upgrade that is not known, such as h2c, is ignored and the request answered
    shouldUpgradeCallback: isWebSocketUpgrade,
  };
  const server = createServer(options, (req, res) => {
    if (stopping) res.shouldKeepAlive = false;
    toOriginForm(req);
    handlers.request(req, res);
  });
  server.on('upgrade', (req, socket, head) => {
    toOriginForm(req);
    handlers.upgrade(req, socket, head);
  });
  const isLate = isOneOfSeveral && PORT !== 0; // no proxy knows a port that is chosen just now
  if (!isLate) await listen(server, HOST, PORT);

  return {
    port: isLate ? PORT : (server.address() as AddressInfo).port, // it listens on TCP
    serve: async (next) => {
      handlers = next;
      if (isLate) await listen(server, HOST, PORT);
    },
    stopListening: () => {
      if (stopping) return;
      stopping = true;
      stopListening(server);
    },
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS); // those whose request ends only now
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS_MAX);
      await promise;
      clearInterval(idle);
      clearTimeout(timer);
    },
  };
}

const isWebSocketUpgrade = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket';

/**
 * RFC 9112, section 3.2.2: a server accepts the absolute form of a target, and its authority then counts instead of the
 * Host header. A target whose authority differs from that header keeps its form, which no path of ours has.
 */
function toOriginForm(req: IncomingMessage): void {
  const { url = '', headers } = req;
  if (url.startsWith('/') || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return;
  const { host, pathname, search } = new URL(url);
  if (host === headers.host?.toLowerCase()) req.url = pathname + search;
}

/**
 * Not `server.close()` of HTTP: that cuts idle connections, on which a proxy may be sending a request just now. And right
 * after the event loop accepted what was waiting: what the kernel still holds then would be cut, too.
 */
const stopListening = (server: Server): void => {
  setImmediate(() => TcpServer.prototype.close.call(server));
};

async function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    throw asStartError(cause, host, port);
  } finally {
    server.off('error', reject);
  }
}

function asStartError(cause: unknown, host: string, port: number): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  switch (code) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} is in use.`,
        `Stop the program that uses it, or choose another port: PORT=${port + 1} npm start`,
        { cause },
      );
    case 'EACCES':
      return new StartError(`Port ${port} needs rights that this user lacks.`, 'Choose a port above 1023 with PORT.', {
        cause,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(
        `${host} is not an address of this computer.`,
        'Set HOST to 127.0.0.1, or :: for all addresses.',
        { cause },
      );
    default:
      return cause;
  }
}
