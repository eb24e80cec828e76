import { type Dispatcher, Pool } from 'undici';

const CONNECT_MS_MAX = 5_000;
/** Longer than the longest tool call a client waits for (five minutes), so that the client gives up first. */
const SILENT_MS_MAX = 330_000;
/** Shorter than the host keeps an idle connection, so that no request is written into one that is being closed. */
const IDLE_SOCKET_MS_MAX = 20_000;

export type UpstreamOptions = {
  /** How long a machine may take to accept a connection. */
  connectMsMax?: number;
  /** How long a machine may take to begin its answer. Nothing limits the answer itself. */
  silentMsMax?: number;
};

export type UpstreamRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body: Buffer | AsyncIterable<Uint8Array> | null;
};

/** The sockets to machines: one pool per origin, shared by the endpoint, the handshake and the health checks. */
export interface Upstream {
  dispatch(origin: string, request: UpstreamRequest, handler: Dispatcher.DispatchHandler): void;
  /** The pool itself, for undici's own clients. */
  dispatcher(origin: string): Dispatcher;
  /** Closes idle sockets to an origin (a machine that sleeps, moved or went); requests under way are finished. */
  forget(origin: string): void;
  close(): Promise<void>;
}

/** Never retries, never follows a redirect, speaks HTTP/1.1 only. */
export function createUpstream(options: UpstreamOptions = {}): Upstream {
  const pools = new Map<string, Pool>();
  const leaving = new Set<Pool>();

  const poolOf = (origin: string): Pool => {
    const existing = pools.get(origin);
    if (existing) return existing;
    const pool = new Pool(origin, {
      connections: null, // streams hold sockets for hours: a limit would let them starve the calls
      pipelining: 1,
      allowH2: false,
      connect: { timeout: options.connectMsMax ?? CONNECT_MS_MAX },
      headersTimeout: options.silentMsMax ?? SILENT_MS_MAX,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_SOCKET_MS_MAX,
      keepAliveMaxTimeout: IDLE_SOCKET_MS_MAX,
    });
    pools.set(origin, pool);
    return pool;
  };

  return {
    dispatch: (origin, { method, path, headers, body }, handler) => {
      // undici takes any async iterable as a body; its types name only some
      poolOf(origin).dispatch({ method, path, headers, body: body as Buffer | null }, handler);
    },
    dispatcher: poolOf,
    forget: (origin) => {
      const pool = pools.get(origin);
      if (!pool) return;
      pools.delete(origin);
      leaving.add(pool);
      void pool.close().finally(() => leaving.delete(pool));
    },
    close: async () => {
      const all = [...pools.values(), ...leaving];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}
