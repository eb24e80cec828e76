import { createRemoteJWKSet, customFetch } from 'jose';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { SafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { readDocument } from './client-documents.ts';

const KEYS_BYTES_MAX = 64 * 1024;
const KEY_SETS_MAX = 200;
const FETCH_MS_MAX = 5_000;

export type RemoteKeys = (uri: string) => ReturnType<typeof createRemoteJWKSet>;

/**
 * Sets of public keys by their address. `fetch` is guarded. jose keeps a set for ten minutes, and fetches it at most
 * every 30 seconds for a key that it does not hold.
 */
export function createRemoteKeys(fetch: SafeFetch): RemoteKeys {
  const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  return (uri) => {
    const kept = keySets.get(uri);
    if (kept) return kept;
    forgetOldest(keySets, KEY_SETS_MAX - 1);
    const made = createRemoteJWKSet(new URL(uri), {
      timeoutDuration: FETCH_MS_MAX,
      [customFetch]: boundedFetch(fetch),
    });
    keySets.set(uri, made);
    return made;
  };
}

const boundedFetch =
  (fetch: SafeFetch) =>
  async (url: string, { signal }: { signal?: AbortSignal | null }): Promise<Response> => {
    const headers = { accept: 'application/json', 'user-agent': 'catwalk' };
    const response = await fetch(url, { headers, signal: signal ?? AbortSignal.timeout(FETCH_MS_MAX) });
    return new Response(await readDocument(response, KEYS_BYTES_MAX), { status: response.status });
  };
