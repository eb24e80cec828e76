const TIMEOUT_MS = 20_000;

/** What went wrong, in words for the page; `retryAfterSeconds` when waiting helps. */
export type SignInProblem = { message: string; retryAfterSeconds?: number };

/** A way in that worked has set its cookie: the page is loaded afresh, with nothing of anybody before in memory. */
async function post(path: string, body: object): Promise<{ url?: string } | SignInProblem> {
  try {
    const answer = await fetch(`/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text: unknown = await answer.json().catch(() => null);
    const given = typeof text === 'object' && text !== null ? text : {};
    if (answer.ok) return 'url' in given && typeof given.url === 'string' ? { url: given.url } : {};
    const code = 'code' in given ? String(given.code) : '';
    const wait = Number(answer.headers.get('retry-after'));
    if (answer.status === 429) {
      return { message: 'Too many attempts to sign in.', ...(wait > 0 ? { retryAfterSeconds: wait } : {}) };
    }
    const said = 'message' in given && typeof given.message === 'string' ? given.message : '';
    return { message: WORDS[code] ?? (said || 'That did not work.') };
  } catch {
    return { message: 'The server does not answer.' };
  }
}

const WORDS: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: 'The address or the password is not right.',
  INVALID_EMAIL: 'This is not an email address.',
  PASSWORD_TOO_SHORT: 'The password is too short: 10 characters at least.',
  PASSWORD_TOO_LONG: 'The password is too long: 128 characters at most.',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'This address has an account already. Sign in instead.',
};

export const isProblem = (answer: object): answer is SignInProblem => 'message' in answer;

export const signIn = (email: string, password: string) => post('sign-in/email', { email, password });

export const signUp = (name: string, email: string, password: string) =>
  post('sign-up/email', { name, email, password });

/** Where GitHub asks its user; they come back to `to`, or to the sign-in page with the reason why not. */
export const signInWithGitHub = (to: string) =>
  post('sign-in/social', { provider: 'github', callbackURL: to, errorCallbackURL: '/sign-in' });

export const connectGitHub = () =>
  post('link-social', { provider: 'github', callbackURL: '/account', errorCallbackURL: '/account' });

/** A page of this dashboard to go to afterwards; anything else is somebody's attempt to lead people away. */
export const pathWithin = (wanted: unknown): string =>
  typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : '/deployments';
