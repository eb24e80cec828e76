import { isRecord, isText, parseJson } from '../records.ts';
import { ImageError } from './image-error.ts';
import type { ImageReference } from './image-reference.ts';
import { readBounded } from './read-bounded.ts';

/** A user name with a password or token of a registry. Secret. */
export type RegistryLogin = { username: string; password: string };

/** Sends one request; redirects are not followed. Refuses addresses that must not be visited. */
export type RegistryFetch = (
  url: string,
  init: { method?: 'GET'; headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>;

/** One repository of a registry, and how it may be read. */
export type RegistryAccess = Pick<ImageReference, 'registry' | 'repository'> & {
  /** The origin of its API. */
  origin: string;
  login: RegistryLogin | null;
  fetch: RegistryFetch;
};

export type RegistryGet = {
  /** Below `/v2/{repository}/`. */
  path: string;
  headers?: Record<string, string>;
  timeoutMs: number;
};

const TOKEN_MS_MAX = 20_000;
const TOKEN_BYTES_MAX = 64 * 1024;
const REDIRECTS_MAX = 5;

const basic = ({ username, password }: RegistryLogin): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** `Bearer realm="…",service="…"`, as RFC 9110 (11.6.1) writes a challenge. */
const parametersOf = (challenge: string): Record<string, string> =>
  Object.fromEntries(
    [...challenge.matchAll(/([A-Za-z_]{1,40})\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|([^\s,"]{1,2000}))/g)].map(
      ([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? ''],
    ),
  );

const tokenIn = async (answer: Response): Promise<string | null> => {
  const tooLarge = new ImageError('damaged', 'The registry’s answer is too large.');
  const value = parseJson((await readBounded(answer, TOKEN_BYTES_MAX, tooLarge)).toString('utf8'));
  const token = isRecord(value) ? (value['token'] ?? value['access_token']) : null;
  return isText(token) && token !== '' ? token : null;
};

/**
 * Reads from one repository with anonymous access, a token of the registry's own service, or basic authentication: which
 * one, the registry's challenge decides (distribution specification, "Token Authentication").
 */
export const createRegistryReader = ({ registry, repository, origin, login, fetch }: RegistryAccess) => {
  let authorization: string | null = null;

  const send = async (url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> => {
    try {
      return await fetch(url, { headers, signal });
    } catch (cause) {
      throw new ImageError('unavailable', `The registry ${registry} cannot be reached.`, {
        cause,
        hint: 'Check the name of the registry; private addresses are not visited unless the operator allows them.',
      });
    }
  };

  const authorize = async (challenge: string, signal: AbortSignal): Promise<string | null> => {
    if (/^\s{0,9}basic\b/i.test(challenge)) return login === null ? null : basic(login);
    if (!/^\s{0,9}bearer\b/i.test(challenge)) return null;
    const { realm = '', service } = parametersOf(challenge);
    if (!URL.canParse(realm)) return null;
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set('service', service);
    if (repository !== '') url.searchParams.set('scope', `repository:${repository}:pull`);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TOKEN_MS_MAX)]);
    const headers = login === null ? {} : { authorization: basic(login) };
    const answer = await send(url.href, headers, limited);
    const token = answer.status === 200 ? await tokenIn(answer) : null;
    await answer.body?.cancel().catch(() => undefined); // it was read, or does not matter
    return token === null ? null : `Bearer ${token}`;
  };

  /** Follows redirects, as to a storage for layers. The authorization stays at the registry. */
  const follow = async (start: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> => {
    let url = start;
    for (let redirects = 0; ; redirects += 1) {
      const isHome = new URL(url).origin === origin;
      const own = isHome && authorization !== null ? { authorization } : {};
      const answer = await send(url, { ...headers, ...own }, signal);
      const location = answer.headers.get('location');
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === null) return answer;
      await answer.body?.cancel();
      if (redirects === REDIRECTS_MAX)
        throw new ImageError('unavailable', `The registry ${registry} redirects in a circle.`);
      url = new URL(location, url).href;
    }
  };

  return {
    registry,
    repository,
    /** Resolves to true if the registry accepts the login, whatever repository it is for. Throws an ImageError. */
    signIn: async (signal: AbortSignal): Promise<boolean> => {
      const ask = async (): Promise<Response> => {
        const answer = await follow(`${origin}/v2/`, { 'user-agent': 'catwalk' }, signal);
        await answer.body?.cancel();
        if (answer.status === 429 || answer.status >= 500)
          throw new ImageError('unavailable', `The registry ${registry} answered ${answer.status}.`);
        return answer;
      };
      const first = await ask();
      if (first.status !== 401) return first.ok;
      authorization = await authorize(first.headers.get('www-authenticate') ?? '', signal);
      return authorization !== null && (await ask()).ok;
    },
    /** Answers with any status but 401, 403 and those of an outage. Throws an ImageError. */
    get: async ({ path, headers = {}, timeoutMs }: RegistryGet, signal: AbortSignal): Promise<Response> => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const url = `${origin}/v2/${repository}/${path}`;
      const agent = { 'user-agent': 'catwalk', ...headers };
      let answer = await follow(url, agent, limited);
      if (answer.status === 401) {
        await answer.body?.cancel();
        // A token that has expired since is fetched again.
        authorization = await authorize(answer.headers.get('www-authenticate') ?? '', limited);
        if (authorization !== null) answer = await follow(url, agent, limited);
      }
      const { status } = answer;
      if (status === 401 || status === 403) {
        await answer.body?.cancel();
        throw new ImageError('unauthorized', `The registry ${registry} does not let this image be read (${status}).`, {
          hint: 'Check the name of the image. A private image needs a login for its registry in Settings.',
        });
      }
      if (status === 429 || status >= 500) {
        await answer.body?.cancel();
        throw new ImageError('unavailable', `The registry ${registry} answered ${status}.`, {
          hint: 'Try again in some minutes.',
        });
      }
      return answer;
    },
  };
};

export type RegistryReader = ReturnType<typeof createRegistryReader>;
