import { getSetCookies, Headers } from 'undici';

/** The API's cookie that keeps the calls about one app on one of its nodes, so that reads see earlier writes. */
const COOKIE = 'fly_flaps_affinity';
const SCOPES_MAX = 1_000;

/**
 * Keeps the affinity cookie of the Machines API for each app. The API sets it with the path of the app; other cookies are
 * ignored (fly-go keeps it in a cookie jar for the same reason).
 */
export const createAffinity = () => {
  const values = new Map<string, string>();

  /** `/v1/apps/NAME` of a path below it; null for a path that belongs to no app. */
  const scopeOf = (path: string): string | null => /^.*?\/apps\/[^/?]+/.exec(path)?.[0] ?? null;

  return {
    /** Returns the Cookie header for a call; null when the API has set none for its app. */
    cookieFor: (path: string): string | null => {
      const scope = scopeOf(path);
      const value = scope === null ? undefined : values.get(scope);
      return value === undefined ? null : `${COOKIE}=${value}`;
    },
    /** Keeps or drops the cookie that an answer sets. */
    remember: (path: string, setCookie: string | string[] | undefined): void => {
      const scope = scopeOf(path);
      if (scope === null || setCookie === undefined) return;
      const headers = new Headers();
      for (const line of [setCookie].flat()) headers.append('set-cookie', line);
      const cookie = getSetCookies(headers).find(({ name }) => name === COOKIE);
      if (cookie === undefined) return;
      values.delete(scope);
      if (cookie.value === '' || cookie.maxAge === 0) return;
      values.set(scope, cookie.value);
      const oldest = values.keys().next();
      if (values.size > SCOPES_MAX && !oldest.done) values.delete(oldest.value);
    },
  };
};
