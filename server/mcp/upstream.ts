import { buildConnector, type Dispatcher } from 'undici';
import { createMachineSockets, type MachineSockets } from './machine-sockets.ts';

const CONNECT_MS_MAX = 5_000;
/** Longer than the longest tool call a client waits for (five minutes), so that the client gives up first. */
const SILENT_MS_MAX = 330_000;
/** An idle socket is closed after this, or earlier when the host announces less. */
const IDLE_SOCKET_MS_MAX = 20_000;

export type UpstreamOptions = {
  /** How long a machine may take to accept a connection. */
  connectMsMax?: number;
  /** How long a machine may take to begin its answer. Nothing limits the answer itself. */
  silentMsMax?: number;
  /** How a machine is dialled, where not as its address says: a test stands in for Fly's proxy. */
  connect?: buildConnector.connector;
};

export type UpstreamRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body: Buffer | AsyncIterable<Uint8Array> | null;
};

/** The sockets to machines, by origin; shared by the endpoint, the handshake and the health checks. */
export interface Upstream {
  dispatch(origin: string, request: UpstreamRequest, handler: Dispatcher.DispatchHandler): void;
  /** The same sockets, for undici's own clients. */
  dispatcher(origin: string): Dispatcher;
  /** Reports whether there are sockets to an origin. */
  has(origin: string): boolean;
  /** Closes idle sockets to an origin (a machine that sleeps, moved or went); requests under way are finished. */
  forget(origin: string): void;
  close(): Promise<void>;
}

/** Carries requests to machines. */
export type Sockets = Pick<Upstream, 'dispatch'>;

/** Never retries, never follows a redirect, speaks HTTP/1.1 only. */
export function createUpstream(options: UpstreamOptions = {}): Upstream {
  const machines = new Map<string, MachineSockets>();
  /** Forgotten, with requests still under way. */
  const leaving = new Set<MachineSockets>();
  const settings = {
    pipelining: 1,
    allowH2: false,
    // one for all, so that they share what they know of TLS sessions
    connect: options.connect ?? buildConnector({ allowH2: false, timeout: options.connectMsMax ?? CONNECT_MS_MAX }),
    headersTimeout: options.silentMsMax ?? SILENT_MS_MAX,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_SOCKET_MS_MAX,
    keepAliveMaxTimeout: IDLE_SOCKET_MS_MAX,
  };

  const socketsOf = (origin: string): MachineSockets => {
    const known = machines.get(origin);
    if (known) return known;
    const sockets = createMachineSockets(origin, settings, () => {
      if (machines.get(origin) === sockets) machines.delete(origin);
    });
    machines.set(origin, sockets);
    return sockets;
  };

  return {
    // undici takes any async iterable as a body; its types name only some
    dispatch: (origin, request, handler) => socketsOf(origin).dispatch(request as Dispatcher.DispatchOptions, handler),
    dispatcher: (origin) => socketsOf(origin).dispatcher,
    has: (origin) => machines.has(origin),
    forget: (origin) => {
      const sockets = machines.get(origin);
      if (!sockets) return;
      machines.delete(origin);
      leaving.add(sockets);
      void sockets.close().finally(() => leaving.delete(sockets));
    },
    close: async () => {
      const all = [...machines.values(), ...leaving];
      machines.clear();
      await Promise.all(all.map((sockets) => sockets.destroy()));
    },
  };
}
