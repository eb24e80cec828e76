import type { OAuthTokens } from '@modelcontextprotocol/client';
import { signInFailed } from './explain.ts';

/** The tokens of an authorization server as Catwalk keeps them. */
export type Granted = {
  accessToken: string;
  refreshToken: string | null;
  scope: string | null;
  /** Null: the server named no end. */
  expiresAt: Date | null;
};

/** A header takes visible ASCII (RFC 6750, section 2.1). */
const SENDABLE = /^[\x21-\x7e]+$/;
/** Headers of usual servers take 8 to 16 kB together. */
const TOKEN_CHARACTERS_MAX = 16 * 1024;
const SCOPE_CHARACTERS_MAX = 2_000;
const LIFETIME_SECONDS_MAX = 10 * 365 * 86_400;

/** Reads the answer of a token endpoint. @throws UserError for tokens that Catwalk cannot use. */
export function readTokens(tokens: OAuthTokens, now: Date): Granted {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds, token_type: type } = tokens;
  const isLong = Math.max(accessToken.length, refreshToken?.length ?? 0) > TOKEN_CHARACTERS_MAX;
  if (type.toLowerCase() !== 'bearer' || !SENDABLE.test(accessToken) || isLong)
    throw signInFailed(
      'The authorization server issued a token of a kind that Catwalk cannot send.',
      'Enter a token of the server instead.',
    );
  const lifetime = seconds === undefined || !(seconds > 0) ? null : Math.min(seconds, LIFETIME_SECONDS_MAX);
  return {
    accessToken,
    refreshToken: refreshToken ?? null,
    scope: tokens.scope?.slice(0, SCOPE_CHARACTERS_MAX) ?? null,
    expiresAt: lifetime === null ? null : new Date(now.getTime() + lifetime * 1_000),
  };
}

const EARLY_MS_MAX = 60_000;

/** The time from which an access token is renewed: a minute before its end, or halfway if it lives shorter. */
export function isDue({ renewedAt, expiresAt }: { renewedAt: Date; expiresAt: Date | null }, now: Date): boolean {
  if (expiresAt === null) return false;
  const lifetimeMs = expiresAt.getTime() - renewedAt.getTime();
  return now.getTime() >= expiresAt.getTime() - Math.min(EARLY_MS_MAX, lifetimeMs / 2);
}
