import { Client, type Dispatcher, Pool } from 'undici';

const CONNECT_MS_MAX = 5_000;
/** Longer than the longest tool call a client waits for (five minutes), so that the client gives up first. */
const SILENT_MS_MAX = 330_000;
/** An idle socket is closed after this, or earlier when the host announces less. */
const IDLE_SOCKET_MS_MAX = 20_000;
const UNUSED_POOL_MS_MAX = 60_000;

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

type Kept = { pool: Pool; usedAtMs: number };

/** Never retries, never follows a redirect, speaks HTTP/1.1 only. */
export function createUpstream(options: UpstreamOptions = {}): Upstream {
  const kept = new Map<string, Kept>();
  const leaving = new Set<Pool | Client>();
  const settings = {
    pipelining: 1,
    allowH2: false,
    connect: { timeout: options.connectMsMax ?? CONNECT_MS_MAX },
    headersTimeout: options.silentMsMax ?? SILENT_MS_MAX,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_SOCKET_MS_MAX,
    keepAliveMaxTimeout: IDLE_SOCKET_MS_MAX,
  };

  const poolOf = (origin: string): Pool => {
    let entry = kept.get(origin);
    if (!entry) {
      // no limit on connections: answers may be streams, which would starve the calls behind them
      entry = { pool: new Pool(origin, { ...settings, connections: null }), usedAtMs: 0 };
      kept.set(origin, entry);
    }
    entry.usedAtMs = performance.now();
    return entry.pool;
  };

  /** Lets what is under way finish, then ends. */
  const leave = (dispatcher: Pool | Client) => {
    leaving.add(dispatcher);
    void dispatcher.close().finally(() => leaving.delete(dispatcher));
  };

  const forget = (origin: string) => {
    const entry = kept.get(origin);
    if (!entry) return;
    kept.delete(origin);
    leave(entry.pool);
  };

  const sweep = setInterval(() => {
    const before = performance.now() - UNUSED_POOL_MS_MAX;
    for (const [origin, { pool, usedAtMs }] of kept) {
      if (usedAtMs < before && pool.stats.size === 0) forget(origin);
    }
  }, UNUSED_POOL_MS_MAX);
  sweep.unref();

  return {
    dispatch: (origin, { method, path, headers, body }, handler) => {
      // undici takes any async iterable as a body; its types name only some
      const request = { method, path, headers, body: body as Buffer | null };
      if (method !== 'GET') {
        poolOf(origin).dispatch(request, handler);
        return;
      }
      // a GET is a stream for hours: in the pool, thousands of them would be looked through for every call
      const client = new Client(origin, settings);
      client.dispatch(request, handler);
      leave(client);
    },
    dispatcher: poolOf,
    forget,
    close: async () => {
      clearInterval(sweep);
      const all = [...Array.from(kept.values(), ({ pool }) => pool), ...leaving];
      kept.clear();
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}
