import type { z } from 'zod';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import { UserError } from '../../errors.ts';
import { boundedGet, type Got, TooLargeError } from '../../outbound/bounded-get.ts';
import type { SafeFetch } from '../../outbound/safe-fetch.ts';

export type GitHubClientDeps = {
  fetch: SafeFetch;
  apiUrl: string;
  token: string | null;
  now: () => Date;
};

/** GitHub's REST API, asked conditionally where possible, and left alone for as long as it says. */
export interface GitHubClient {
  /** @throws UserError GITHUB_UNREACHABLE, GITHUB_RATE_LIMITED; TooLargeError; the signal's reason. */
  get(path: string, signal: AbortSignal, limits: { timeoutMs: number; bytesMax: number }): Promise<Got>;
  /** Null when it is not there. Answers that GitHub calls unchanged cost nothing of the rate limit. @throws as above. */
  getJson<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | null>;
}

/** The wait after a GitHub refusal that states no duration, and the longest stated wait that is believed. */
const BLOCKED_MS = 60_000;
const BLOCKED_MS_MAX = 3_600_000;
const REQUEST_MS_MAX = 15_000;
const JSON_BYTES_MAX = 8_000_000;
const CACHE_ENTRIES_MAX = 200;
/** Larger answers (trees of large repositories) are requested again: 200 of them would fill the memory. */
const CACHED_BYTES_MAX = 128_000;

const unreachable = (cause: unknown): UserError =>
  new UserError('GITHUB_UNREACHABLE', 'GitHub did not answer.', {
    kind: 'upstream',
    hint: 'Try again later, or paste the npm or PyPI package that the server is published as.',
    retryable: true,
    cause,
  });

const tokenRefused = (): UserError =>
  new UserError('GITHUB_UNREACHABLE', 'GitHub refuses the token.', {
    kind: 'upstream',
    hint: 'It may have expired: give a new one in the settings, or remove it.',
  });

const rateLimited = (until: number): UserError =>
  new UserError('GITHUB_RATE_LIMITED', 'GitHub allows no more requests from here for now.', {
    kind: 'upstream',
    hint: `Add a GitHub token in the settings, or wait until ${new Date(until).toISOString().slice(11, 16)} UTC. The npm package still works.`,
    retryable: true,
  });

/** Until when GitHub wants to be left alone, as it says or as it asks for by default; null: it does not. */
function blockOf(got: Got, now: number): number | null {
  const { status, headers, body } = got;
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN) * 1_000;
  const isUsedUp = headers.get('x-ratelimit-remaining') === '0';
  const isSecondary = status === 403 && /rate limit|abuse/i.test(body.subarray(0, 2_000).toString('utf8'));
  const isRefused = status === 429 || (status === 403 && (isUsedUp || isSecondary || retryAfter >= 0));
  if (!isRefused && !isUsedUp) return null;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1_000;
  const until = isRefused && retryAfter >= 0 ? now + retryAfter : reset;
  if (!isRefused && !(until > now)) return null;
  return Math.min(Number.isFinite(until) ? until : now + BLOCKED_MS, now + BLOCKED_MS_MAX);
}

export function createGitHubClient(deps: GitHubClientDeps): GitHubClient {
  const base = deps.apiUrl.replace(/\/+$/, '');
  const cache = new Map<string, { etag: string; body: Buffer }>();
  let blockedUntil = 0;

  async function request(
    path: string,
    signal: AbortSignal,
    limits: { timeoutMs: number; bytesMax: number },
    headers: Record<string, string> = {},
  ): Promise<Got> {
    if (blockedUntil > deps.now().getTime()) throw rateLimited(blockedUntil);
    let got: Got;
    try {
      got = await boundedGet(deps.fetch, {
        url: `${base}${path}`,
        headers: {
          accept: 'application/vnd.github+json',
          'x-github-api-version': '2022-11-28',
          ...(deps.token === null ? {} : { authorization: `Bearer ${deps.token}` }),
          ...headers,
        },
        signal,
        ...limits,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TooLargeError) throw error;
      throw unreachable(error);
    }
    const until = blockOf(got, deps.now().getTime());
    // the last request that was allowed was answered; the next ones need not be sent to be refused
    if (until !== null) blockedUntil = until;
    if (until !== null && (got.status === 403 || got.status === 429)) throw rateLimited(until);
    if (got.status >= 500) throw unreachable(new Error(`GitHub answered ${got.status}.`));
    return got;
  }

  async function getJson<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | null> {
    const known = cache.get(path);
    const got = await request(
      path,
      signal,
      { timeoutMs: REQUEST_MS_MAX, bytesMax: JSON_BYTES_MAX },
      known ? { 'if-none-match': known.etag } : {},
    );
    if (got.status === 404 || got.status === 409 || got.status === 422 || got.status === 451) return null;
    if (got.status === 401 && deps.token !== null) throw tokenRefused();
    if (got.status === 401 || got.status === 403) throw unreachable(new Error(`GitHub answered ${got.status}.`));
    const body = got.status === 304 && known ? known.body : got.body;
    const etag = got.headers.get('etag');
    if (etag && got.status === 200 && body.length <= CACHED_BYTES_MAX) {
      cache.delete(path);
      cache.set(path, { etag, body });
      forgetOldest(cache, CACHE_ENTRIES_MAX);
    }
    try {
      return schema.parse(JSON.parse(body.toString('utf8')));
    } catch (error) {
      throw unreachable(error);
    }
  }

  return { get: request, getJson };
}
