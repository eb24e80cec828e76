import { forgetOldest } from '#server/domain/forget-oldest.ts';
import { UserError } from '../errors.ts';
import { discoverSignIn, readChallenge } from './discover.ts';
import { createLimitedFetch } from './limited-fetch.ts';
import type { SignInDeps } from './sign-in-deps.ts';

const KEPT_MS = 60_000;
const KEPT_MAX = 500;

/** Where a server that refused a call wants its users to sign in. */
export type Described = { kind: 'sign-in'; host: string } | { kind: 'broken'; message: string } | { kind: 'none' };

/** Looks up where one signs in, at most once a minute for each server. Never throws. */
export function createDescribe({ fetch, isTrusted, now }: Pick<SignInDeps, 'fetch' | 'isTrusted' | 'now'>) {
  const kept = new Map<string, { value: Promise<Described>; untilMs: number }>();

  const look = async (url: string, header: string | string[] | undefined): Promise<Described> => {
    try {
      const place = await discoverSignIn(createLimitedFetch(fetch), url, readChallenge(header), isTrusted);
      return place === null ? { kind: 'none' } : { kind: 'sign-in', host: new URL(place.metadata.issuer).host };
    } catch (error) {
      return error instanceof UserError ? { kind: 'broken', message: error.message } : { kind: 'none' };
    }
  };

  return (url: string, header: string | string[] | undefined): Promise<Described> => {
    const nowMs = now().getTime();
    const known = kept.get(url);
    if (known && known.untilMs > nowMs) return known.value;
    const value = look(url, header);
    kept.delete(url);
    kept.set(url, { value, untilMs: nowMs + KEPT_MS });
    forgetOldest(kept, KEPT_MAX);
    return value;
  };
}
