import type { SafeFetch } from '#server/domain/outbound/safe-fetch.ts';

const PROBE_MS_MAX = 3_000;
/** How long an answer of the probe counts. */
const REACHED_MS = 10 * 60_000;
const UNREACHED_MS = 60_000;
/** A document that cannot be fetched has the probe repeated, but so often at most: strangers name documents. */
const PROBE_MS_MIN = 30_000;

export type DocumentMode = 'auto' | 'on' | 'off';

export interface DocumentReach {
  /** Reports whether documents of clients can be fetched from here, as far as is known. */
  canFetch(): Promise<boolean>;
  /** A document could not be fetched: its host may be away, or the way out of here. */
  doubt(): void;
}

/**
 * Decides whether client documents are advertised. A client that sees them advertised names its document and does not
 * register, so a server without a way out must not. With `auto` one public address is visited, as a document would be:
 * any answer of HTTP says that there is a way.
 */
export function createDocumentReach(deps: {
  mode: DocumentMode;
  fetch: SafeFetch;
  /** A public address that this server visits anyway. */
  probeUrl: string;
  nowMs: () => number;
}): DocumentReach {
  const { mode, fetch, probeUrl, nowMs } = deps;
  let known: { reached: boolean; atMs: number; until: number } | null = null;
  let running: Promise<boolean> | null = null;

  const visit = async (): Promise<boolean> => {
    try {
      const headers = { accept: 'application/json', 'user-agent': 'catwalk' };
      const response = await fetch(probeUrl, { headers, signal: AbortSignal.timeout(PROBE_MS_MAX) });
      await response.body?.cancel();
      return true;
    } catch {
      return false; // no name, no route, no answer, or a proxy that refuses
    }
  };
  const probe = async (): Promise<boolean> => {
    const reached = await visit();
    const atMs = nowMs();
    known = { reached, atMs, until: atMs + (reached ? REACHED_MS : UNREACHED_MS) };
    running = null;
    return reached;
  };

  return {
    canFetch: async () => {
      if (mode !== 'auto') return mode === 'on';
      if (known && known.until > nowMs()) return known.reached;
      running ??= probe();
      // What was last known answers while the probe runs; only the first request waits for it.
      return known ? known.reached : running;
    },
    doubt: () => {
      if (known) known.until = Math.min(known.until, known.atMs + PROBE_MS_MIN);
    },
  };
}
