import type { FetchLike } from '@modelcontextprotocol/client';
import { readBounded } from '#deploy/read-bounded.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';

/** For one request, and for everything that one step of a sign-in requests. */
const REQUEST_MS_MAX = 10_000;
const STEP_MS_MAX = 25_000;
const ANSWER_BYTES_MAX = 256 * 1024;
/** Belong to the connection, or were decoded with the body. */
const DROPPED = ['content-encoding', 'content-length', 'transfer-encoding'];

/** An answer of a stranger was larger than any that is valid. */
export class LargeAnswerError extends Error {}

/**
 * The requests of one step of a sign-in: to public addresses only, within limits of time and size. Redirects are left
 * to the official client, which follows them within an origin and comes back here for each.
 */
export function createLimitedFetch(safeFetch: SafeFetch): FetchLike {
  const step = AbortSignal.timeout(STEP_MS_MAX);
  return async (url, init = {}) => {
    const response = await safeFetch(String(url), {
      method: init.method === 'POST' ? 'POST' : 'GET',
      headers: { ...Object.fromEntries(new Headers(init.headers)), 'user-agent': 'catwalk' },
      ...(init.body == null ? {} : { body: String(init.body) }), // a string, or URLSearchParams
      signal: AbortSignal.any([step, AbortSignal.timeout(REQUEST_MS_MAX)]),
    });
    const content = await readBounded(response.body, ANSWER_BYTES_MAX);
    if (content === null) throw new LargeAnswerError(`The answer of ${new URL(url).host} is too large.`);
    const headers = new Headers(response.headers);
    for (const name of DROPPED) headers.delete(name);
    const { status, statusText } = response;
    // These have no body (fetch standard, "null body status").
    const body = [204, 205, 304].includes(status) ? null : new Uint8Array(content);
    return new Response(body, { status, statusText, headers });
  };
}
