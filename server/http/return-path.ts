import type { Request, Response } from 'express';

const NAME = 'catwalk.return';
const LIFETIME_MS = 15 * 60_000;
/** Browsers keep 4,096 bytes a cookie, name and attributes included. */
const CHARACTERS_MAX = 3_500;

/**
 * Remembers the page to open after signing in with a link. Users fetch the link elsewhere, from a terminal for instance,
 * and open it in a new page that does not know the address, so a cookie carries it; only the sign-in receives it.
 */
export function rememberReturn(res: Response, publicUrl: string, path: string): void {
  if (encodeURIComponent(path).length > CHARACTERS_MAX) return; // the user opens the page again
  res.cookie(NAME, path, {
    path: '/sign-in',
    maxAge: LIFETIME_MS,
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
  });
}

/** Returns the page to open, and clears the cookie. */
export function takeReturn(req: Request, res: Response): string | null {
  const path = returnPathIn(req.headers.cookie ?? '');
  if (path !== null) res.clearCookie(NAME, { path: '/sign-in' });
  return path;
}

const COOKIE = /(?:^|; *)catwalk\.return=([^;]*)/;
const REMOTE_CALLBACK = /^\/api\/remote\/callback\?/;
const CONSENT_PAGE = /^\/oauth\/[0-9a-f-]{36}(?:\/v\/[a-z0-9-]{1,40})?\/consent\?/;

/** The dashboard sets the same cookie for its own pages, with a path that begins at its root. */
const DASHBOARD_PAGE = /^\/(?:deployments\/[0-9a-f-]{36}|new|registry|audit|settings|account)(?:[/?][^\\]*)?$/;

/** Returns the page of this server that a browser's cookies name; any other address would be an open redirect. */
export function returnPathIn(cookies: string): string | null {
  const value = COOKIE.exec(cookies)?.[1];
  if (value === undefined) return null;
  try {
    const path = decodeURIComponent(value);
    return [CONSENT_PAGE, DASHBOARD_PAGE, REMOTE_CALLBACK].some((page) => page.test(path)) ? path : null;
  } catch {
    return null; // a lone percent sign
  }
}
