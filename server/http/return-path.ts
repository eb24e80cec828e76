import type { Request, Response } from 'express';

const NAME = 'catwalk.return';
const LIFETIME_MS = 15 * 60_000;
/** Browsers keep 4,096 bytes a cookie, name and attributes included. */
const CHARACTERS_MAX = 3_500;

/**
 * Where somebody goes on after signing in with a link. They have to fetch it, from a terminal for instance, and open it
 * wherever they like: the page they came from cannot hand its address on, so a cookie does, which nothing but the
 * sign-in hears of.
 */
export function rememberReturn(res: Response, publicUrl: string, path: string): void {
  if (encodeURIComponent(path).length > CHARACTERS_MAX) return; // they come back by hand
  res.cookie(NAME, path, {
    path: '/sign-in',
    maxAge: LIFETIME_MS,
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
  });
}

/** Where to go on, and forgets it. */
export function takeReturn(req: Request, res: Response): string | null {
  const path = returnPathIn(req.headers.cookie ?? '');
  if (path !== null) res.clearCookie(NAME, { path: '/sign-in' });
  return path;
}

const COOKIE = /(?:^|; *)catwalk\.return=([^;]*)/;
const CONSENT_PAGE = /^\/oauth\/[0-9a-f-]{36}\/consent\?/;

/** The consent page that a browser's cookies name; any other place is somebody's attempt to lead people away. */
export function returnPathIn(cookies: string): string | null {
  const value = COOKIE.exec(cookies)?.[1];
  if (value === undefined) return null;
  try {
    const path = decodeURIComponent(value);
    return CONSENT_PAGE.test(path) ? path : null;
  } catch {
    return null; // a lone percent sign
  }
}
