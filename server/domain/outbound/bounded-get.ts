import { readBounded } from '#deploy/read-bounded.ts';
import type { SafeFetch } from './safe-fetch.ts';

export type BoundedGet = {
  url: string;
  headers?: Record<string, string>;
  signal: AbortSignal;
  timeoutMs: number;
  bytesMax: number;
};

export type Got = { status: number; headers: Headers; body: Buffer };

/** The answer was larger than its reader can use. */
export class TooLargeError extends Error {}

const REDIRECTS_MAX = 3;

/**
 * A GET with a limit on time, bytes and redirects. Credentials are not carried to another origin.
 * @throws TooLargeError, the signal's reason, and what the network throws.
 */
export async function boundedGet(fetch: SafeFetch, get: BoundedGet): Promise<Got> {
  const signal = AbortSignal.any([get.signal, AbortSignal.timeout(get.timeoutMs)]);
  let url = get.url;
  let headers = { 'user-agent': 'catwalk', ...get.headers };
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, { headers, signal });
    const location = response.headers.get('location');
    if (
      response.status >= 300 &&
      response.status < 400 &&
      response.status !== 304 &&
      location &&
      redirects < REDIRECTS_MAX
    ) {
      await response.body?.cancel();
      const next = new URL(location, url);
      if (next.origin !== new URL(url).origin) {
        const { authorization: _, ...rest } = headers as Record<string, string>; // an optional header of the caller's
        headers = { ...rest, 'user-agent': 'catwalk' };
      }
      url = next.href;
      continue;
    }
    const body = await readBounded(response.body, get.bytesMax);
    if (body === null) throw new TooLargeError(`The answer of ${new URL(url).host} is too large.`);
    return { status: response.status, headers: response.headers, body };
  }
}
