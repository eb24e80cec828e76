import { APIError, createAuthMiddleware } from 'better-auth/api';
import type { AttemptRule, Attempts } from '#server/domain/identity/attempts.ts';
import { networkOf } from '#server/domain/network.ts';
import { CLIENT_ADDRESS_HEADER } from './client-address.ts';

const QUARTER_HOUR_MS = 15 * 60_000;
/** Limits guesses at one account's password, from any address. */
const PER_ACCOUNT: AttemptRule = { attemptsMax: 20, windowMs: QUARTER_HOUR_MS };
/** Limits one address that tries one password on many accounts, or requests many mails; an office shares an address. */
const PER_ADDRESS: AttemptRule = { attemptsMax: 60, windowMs: QUARTER_HOUR_MS };

const GUARDED = new Set(['/sign-in/email', '/sign-in/link', '/sign-in/mail']);

/** Ways in are slowed down per account and per address, whether or not there is such an account. */
export function createSignInThrottle(attempts: Attempts) {
  const before = createAuthMiddleware(async ({ path, body, headers }) => {
    if (!GUARDED.has(path)) return;
    const network = networkOf(headers?.get(CLIENT_ADDRESS_HEADER) ?? 'unknown');
    const account = accountOf(path, body);
    const waits = [
      await attempts.consume(`address ${network}`, PER_ADDRESS),
      account === null ? null : await attempts.consume(`account ${account}`, PER_ACCOUNT),
    ];
    const seconds = Math.max(...waits.map((wait) => wait ?? 0));
    if (seconds === 0) return;
    throw new APIError(
      'TOO_MANY_REQUESTS',
      { code: 'TOO_MANY_ATTEMPTS', message: 'Too many attempts to sign in.', retryAfterSeconds: seconds },
      { 'Retry-After': String(seconds) },
    );
  });

  /** A correct password clears the account: its owner made none of the guesses. Their address may have made others. */
  const after = createAuthMiddleware(async ({ path, body, context }) => {
    const account = accountOf(path, body);
    if (path === '/sign-in/email' && account !== null && context.newSession) {
      await attempts.forget(`account ${account}`);
    }
  });

  return { before, after };
}

function accountOf(path: string, body: unknown): string | null {
  if (path !== '/sign-in/email' || typeof body !== 'object' || body === null || !('email' in body)) return null;
  return typeof body.email === 'string' ? body.email.trim().toLowerCase() : null;
}
