import { vi } from 'vitest';
import type { TestApp } from '../compose/app.testing.ts';
import { type Browser, openBrowser } from './browser.testing.ts';

/** The profile that GitHub returns. `verified` is what its API reports for the address, in whatever type. */
export type GitHubProfile = { id: number; email: string; verified: unknown };

export type GitHubVisit = { browser: Browser; location: string };

/** Signs in through GitHub in a new browser. */
export async function signInWithGitHub(rig: TestApp, profile: GitHubProfile): Promise<GitHubVisit> {
  const browser = openBrowser(rig);
  const back = await beginGitHub(browser, 'sign-in/social');
  return { browser, location: await back(profile) };
}

/**
 * Sends a browser to GitHub, to sign in or to link an account. Call the result to return from GitHub with a profile; it
 * resolves with the address that the browser is then sent to. The responses of GitHub are played.
 */
export async function beginGitHub(browser: Browser, path: 'sign-in/social' | 'link-social') {
  const begun = await browser.json(`/api/auth/${path}`, {
    provider: 'github',
    callbackURL: '/deployments',
    errorCallbackURL: '/sign-in',
  });
  const { url } = (await begun.json()) as { url: string }; // where better-auth sends the browser
  const state = new URL(url).searchParams.get('state') ?? '';
  return async (profile: GitHubProfile, returning: Browser = browser): Promise<string> => {
    const played = playGitHub(profile);
    try {
      const back = await returning.send(`/api/auth/callback/github?code=abc&state=${state}`);
      return back.headers.get('location') ?? '';
    } finally {
      played.mockRestore();
    }
  };
}

function playGitHub({ id, email, verified }: GitHubProfile) {
  const real = globalThis.fetch;
  const responses: Record<string, unknown> = {
    '/login/oauth/access_token': { access_token: 'gho_of_a_person', token_type: 'bearer', scope: 'user:email' },
    '/user': { id, login: 'octocat', name: 'Octocat', email, avatar_url: null },
    '/user/emails': [{ email, primary: true, verified }],
  };
  return vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const { hostname, pathname } = new URL(input instanceof Request ? input.url : input);
    if (!hostname.endsWith('github.com')) return real(input, init);
    return Promise.resolve(Response.json(responses[pathname]));
  });
}
