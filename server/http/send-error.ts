import type { Request, Response } from 'express';

/** An error that a request is refused with: a code for programs, a sentence and a hint for people. */
export type HttpError = {
  status: number;
  code: string;
  message: string;
  hint?: string | undefined;
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
};

/** The paths whose clients read errors as OAuth defines them, also where nothing listens. */
const OAUTH_PATHS = /^\/(?:oauth|\.well-known)(?:\/|$)/;

export const isOAuthPath = (path: string): boolean => OAUTH_PATHS.test(path);

/** Answers a request with an error in the shape that clients of its path can read. */
export function sendError(req: Request, res: Response, error: HttpError): void {
  const { status, retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds));
  // RFC 9110, section 15.5.2: a 401 always carries a challenge
  if (status === 401) res.set('WWW-Authenticate', 'Bearer realm="Catwalk"');
  res.status(status).json(isOAuthPath(pathOf(req)) ? toOAuthError(error) : toApiError(error));
}

/** Without the query; a router shortens `req.path` where it is mounted. */
const pathOf = ({ originalUrl }: Request): string => originalUrl.split('?', 1)[0] ?? '';

const toApiError = ({ code, message, hint, requestId }: HttpError) => ({ error: { code, message, hint, requestId } });

/** RFC 6749, section 5.2: `error` is a string. Clients fail on parsing anything else at these paths. */
const toOAuthError = ({ status, message, hint }: HttpError) => ({
  error: oauthCodeOf(status),
  error_description: hint === undefined ? message : `${message} ${hint}`,
});

function oauthCodeOf(status: number): string {
  if (status === 404) return 'not_found';
  if (status === 403) return 'access_denied';
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}
