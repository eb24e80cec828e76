import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { HostTarget } from '#deploy/host-client.ts';
import type { Era, Snapshot } from '../rows/snapshot.ts';
import { type RequestOptions, readSnapshot } from './read-snapshot.ts';
import { naming, ServerRefusal } from './server-refusal.ts';

/** Reaches a machine's MCP server through the same path as the endpoint's calls. */
export type UpstreamFetch = (target: HostTarget) => (url: string | URL, init?: RequestInit) => Promise<Response>;

export interface McpProbe {
  /**
   * The handshake: `server/discover` and `initialize`, to learn which eras the server supports, then every page of tools,
   * resources and prompts. Rejects with the server's error. `timeFactor`: how many times longer than usual it may take.
   */
  readSnapshot(target: HostTarget, signal: AbortSignal, timeFactor?: number): Promise<Snapshot>;
  /** Opens a session and sends one `ping`; in the modern era, which has neither, `server/discover`. */
  ping(target: HostTarget, era: Era, signal: AbortSignal): Promise<void>;
}

/** Longer than the host's own limit, so that the host's explanation comes first. */
const HANDSHAKE_TIMEOUT_MS = 75_000;
/** Above the host's own limit for this question. */
const DISCOVER_TIMEOUT_MS = 10_000;
const PING_TIMEOUT_MS = 5_000;
/** The end of a session is not worth a longer wait: the host reaps idle sessions. */
const TERMINATE_TIMEOUT_MS = 2_000;
const MODERN_VERSION = '2026-07-28';

/** Talks to a deployed server as its clients do. */
export function createMcpProbe(upstreamFetch: UpstreamFetch, version: string): McpProbe {
  const withClient = async <T>(
    target: HostTarget,
    { era, timeoutMs, signal }: { era: Era; timeoutMs: number; signal: AbortSignal },
    work: (client: Client, options: RequestOptions) => Promise<T>,
  ): Promise<T> => {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', target.origin), {
      fetch: limitedFetch(upstreamFetch(target), ({ method }) =>
        method === 'DELETE' ? AbortSignal.any([signal, AbortSignal.timeout(TERMINATE_TIMEOUT_MS)]) : limited,
      ),
    });
    const mode = era === 'modern' ? { pin: MODERN_VERSION } : 'legacy';
    const client = new Client({ name: 'catwalk', title: 'Catwalk', version }, { versionNegotiation: { mode } });
    const options = { signal: limited, timeout: timeoutMs };
    try {
      await naming('initialize', () => client.connect(transport, options));
      return await work(client, options);
    } finally {
      await transport.terminateSession().catch(() => {}); // the host reaps a session that is not ended here
      await client.close();
    }
  };

  const snapshotOf = (target: HostTarget, era: Era, signal: AbortSignal, factor: number): Promise<Snapshot> =>
    withClient(target, { era, timeoutMs: HANDSHAKE_TIMEOUT_MS * factor, signal }, (client, options) =>
      readSnapshot(client, era, options),
    );

  /** Asked before `initialize`: a process that was not spoken to yet can still serve either era. */
  const supportsModern = async (target: HostTarget, signal: AbortSignal): Promise<boolean> => {
    try {
      return await withClient(target, { era: 'modern', timeoutMs: DISCOVER_TIMEOUT_MS, signal }, async () => true);
    } catch {
      signal.throwIfAborted();
      return false; // a server that cannot start at all fails the legacy handshake as well, which says why
    }
  };

  return {
    readSnapshot: async (target, signal, timeFactor = 1) => {
      const isModern = await supportsModern(target, signal);
      try {
        const snapshot = await snapshotOf(target, 'legacy', signal, timeFactor);
        return isModern ? { ...snapshot, era: 'dual' } : snapshot;
      } catch (error) {
        if (!isModern && !refusesInitialize(error)) throw error;
        // The server may support the modern era alone. If it does not, its first error is the better explanation.
        return await snapshotOf(target, 'modern', signal, timeFactor).catch(() => Promise.reject(error));
      }
    },
    ping: (target, era, signal) =>
      withClient(target, { era, timeoutMs: PING_TIMEOUT_MS, signal }, async (client, options) => {
        // In the modern era connecting has already sent `server/discover`.
        if (era === 'legacy') await client.ping(options);
      }),
  };
}

/**
 * Limits every request. The client's own limits cover only responses that it waits for: a notification or the end of a
 * session would hang as long as a stalled machine keeps the connection open.
 */
const limitedFetch =
  (send: ReturnType<UpstreamFetch>, limitOf: (init: RequestInit) => AbortSignal): typeof send =>
  (url, init = {}) => {
    const limit = limitOf(init);
    return send(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit });
  };

/** Error codes by which a server may refuse `initialize` as unknown; the host's own codes differ. */
const REFUSALS: ReadonlySet<number> = new Set([-32600, -32601, -32602, -32022]);

const refusesInitialize = (error: unknown): boolean =>
  error instanceof ServerRefusal && error.method === 'initialize' && REFUSALS.has(error.code);
