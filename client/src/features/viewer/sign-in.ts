import { UNREACHABLE_MESSAGE } from '../../apollo/problem.ts';
import { pagePath } from '../../navigation/pages.ts';

const TIMEOUT_MS = 20_000;

/** A sign-in that failed; `retryAfterSeconds` is set when waiting helps. */
export type SignInProblem = { message: string; retryAfterSeconds?: number };

/** Posts to the sign-in API. A success sets the session cookie; the caller then loads the page again. */
async function post(path: string, input: object): Promise<{ url?: string } | SignInProblem> {
  try {
    const response = await fetch(`/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const json: unknown = await response.json().catch(() => null);
    const body = typeof json === 'object' && json !== null ? json : {};
    if (response.ok) return 'url' in body && typeof body.url === 'string' ? { url: body.url } : {};
    const code = 'code' in body ? String(body.code) : '';
    const wait = Number(response.headers.get('retry-after'));
    if (response.status === 429) {
      return { message: 'Too many attempts to sign in.', ...(wait > 0 ? { retryAfterSeconds: wait } : {}) };
    }
    const message = 'message' in body && typeof body.message === 'string' ? body.message : '';
    return { message: MESSAGES[code] ?? (message || 'Sign-in failed. Try again.') };
  } catch {
    return { message: UNREACHABLE_MESSAGE };
  }
}

const MESSAGES: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: 'Wrong email or password.',
  INVALID_EMAIL: 'This is not an email address.',
  account_locked: 'This account is locked. Ask the administrator.',
};

export const isProblem = (answer: object): answer is SignInProblem => 'message' in answer;

export const signIn = (email: string, password: string) => post('sign-in/email', { email, password });

/** Requests a sign-in link by mail. The response does not reveal whether the address has an account. */
export const requestMailedLink = (email: string) => post('sign-in/mail', { email });

/** Begins the sign-in with GitHub, which returns to `to`, or to the sign-in page with the reason of a failure. */
export const signInWithGitHub = (to: string) =>
  post('sign-in/social', { provider: 'github', callbackURL: to, errorCallbackURL: '/sign-in' });

export const connectGitHub = () =>
  post('link-social', { provider: 'github', callbackURL: pagePath('account'), errorCallbackURL: pagePath('account') });

/** Accepts only a path within this dashboard as the page to open after signing in: anything else is an open redirect. */
export const pathWithin = (wanted: unknown): string =>
  typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : '/deployments';
