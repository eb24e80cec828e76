import { z } from 'zod';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { askService, keyRefused, serviceAway } from './key-check.ts';
import { NO_FACTS, type ServiceFacts } from './service-key.ts';

const userSchema = z.looseObject({ login: z.string() });

/**
 * Returns the owner of the token. A token of an app's installation has no user and may not ask for one: for it the rate
 * limit is requested, which costs none of it. Throws INVALID_INPUT and SERVICE_UNREACHABLE.
 */
export async function checkGitHub(
  { fetch, apiUrl }: { fetch: SafeFetch; apiUrl: string },
  token: string,
  signal: AbortSignal,
): Promise<ServiceFacts> {
  const ask = (path: string) =>
    askService(fetch, { service: 'GitHub', url: `${apiUrl.replace(/\/+$/, '')}${path}`, key: token, signal });

  const user = await ask('/user');
  const { data } = userSchema.safeParse(user.json);
  if (user.status === 200 && data) return { ...NO_FACTS, account: data.login };
  if (user.status === 401) throw refused();
  if (user.headers.get('x-ratelimit-remaining') === '0') throw serviceAway('GitHub', 'Its rate limit is used up.');
  const limit = await ask('/rate_limit');
  if (limit.status === 401) throw refused();
  if (limit.status !== 200) throw serviceAway('GitHub', `It answered ${limit.status}.`);
  return NO_FACTS;
}

const refused = () =>
  keyRefused(
    'gitHubToken',
    'GitHub does not accept this token.',
    'It may be cut off, expired or revoked. Make one at github.com/settings/tokens; public repositories need no scope.',
  );
