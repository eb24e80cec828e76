import { IssuerMismatchError, OAuthError, RegistrationRejectedError } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { ForbiddenAddressError } from '../outbound/safe-fetch.ts';
import { LargeAnswerError } from './limited-fetch.ts';

/** An error code of OAuth, as it may be shown: anything else could be text of a stranger. */
const CODE = /^[a-z_]{1,60}$/;

export const oauthCode = (value: string | null): string => (value !== null && CODE.test(value) ? value : 'error');

export const signInFailed = (message: string, hint: string, cause?: unknown): UserError =>
  new UserError('SIGN_IN_FAILED', message, { kind: 'upstream', hint, ...(cause === undefined ? {} : { cause }) });

const TRY_AGAIN = 'Try again in a moment. If it keeps happening, ask those who run the server.';
const THEIRS = 'Ask those who run the server, or enter a token of it instead.';

/** Finds the reason inside what fetch throws: it says of every failed connection the same. */
const rootOf = (error: unknown): unknown =>
  error instanceof TypeError && error.cause !== undefined ? rootOf(error.cause) : error;

/** Says why a request of the sign-in failed. The words of the other side stay out: they may hold anything. */
export function explainFailure(error: unknown, what: string, url: string): UserError {
  if (error instanceof UserError) return error;
  const root = rootOf(error);
  const { host } = new URL(url);
  if (root instanceof ForbiddenAddressError) {
    const hint = 'Catwalk visits public addresses over HTTPS. REMOTE_ORIGINS_TRUSTED names origins that are exempt.';
    return signInFailed(`${what} leads to an address that Catwalk does not visit.`, hint, error);
  }
  if (root instanceof LargeAnswerError) return signInFailed(`${what} is too large.`, THEIRS, error);
  if (root instanceof DOMException && root.name === 'TimeoutError')
    return signInFailed(`${host} did not answer in time.`, TRY_AGAIN, error);
  if (root instanceof IssuerMismatchError)
    return signInFailed(
      `${what} names another authorization server than the one it was requested from.`,
      THEIRS,
      error,
    );
  if (root instanceof RegistrationRejectedError)
    return signInFailed(`${host} does not accept Catwalk as a client (HTTP ${root.status}).`, THEIRS, error);
  if (root instanceof OAuthError)
    return signInFailed(`${host} refused the sign-in (${oauthCode(root.code)}).`, 'Connect again.', error);
  if (root instanceof z.core.$ZodError || root instanceof SyntaxError)
    return signInFailed(`${what} cannot be read.`, THEIRS, error);
  return signInFailed(`${what} could not be fetched from ${host}.`, TRY_AGAIN, error);
}
