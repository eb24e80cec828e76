import { type Refusal, SESSION_NOT_FOUND } from './refusal.ts';
import type { Route } from './route.ts';

const PHASES = {
  QUEUED: 'it waits for its turn',
  CREATING_MACHINE: 'its machine is being created',
  STARTING_MACHINE: 'its machine is starting',
  INSTALLING: 'its package is being installed',
  STARTING_SERVER: 'the server is starting',
  HANDSHAKE: 'the server is being asked for its tools',
} satisfies Record<NonNullable<Route['phase']>, string>;

const quoted = (route: Route): string => `The MCP server “${route.name}”`;

export const unknownEndpoint: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is no MCP server at this address. Check the URL in the Catwalk dashboard; it may have been deleted.',
};

/** The challenge of a deployment without OAuth: there is no authorization server to name. */
const tokenChallenge = (hasBearer: boolean): string =>
  `Bearer realm="Catwalk"${hasBearer ? ', error="invalid_token", error_description="The token is not valid for this server"' : ''}`;

/** RFC 9110, section 15.5.2: a 401 always carries a challenge. */
export const unauthorized = (hasBearer: boolean, challenge: string | null = null): Refusal => ({
  status: 401,
  code: 'UNAUTHENTICATED',
  message: hasBearer
    ? 'This token does not open this MCP server. It may be mistyped, expired or revoked. Create another one in the Catwalk dashboard.'
    : 'This MCP server requires a token. Create one in the Catwalk dashboard and send it as “Authorization: Bearer …”.',
  headers: ['www-authenticate', challenge ?? tokenChallenge(hasBearer)],
});

export const anotherView: Refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message:
    'This token is bound to another view of this MCP server. Use the address of that view, or a token that is bound to none.',
};

export const foreignHost: Refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'This server does not answer to that host name. Use the address that the Catwalk dashboard shows.',
};

export const foreignOrigin: Refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'Web pages of this origin may not call this MCP server. Its administrator can allow them with CORS_ORIGINS.',
};

export const ambiguousHeader = (name: string): Refusal => ({
  status: 400,
  code: 'INVALID_INPUT',
  message: `The header ${name} was sent more than once.`,
});

export const wrongMethod = (allow: string): Refusal => ({
  status: 405,
  code: 'INVALID_INPUT',
  message: `This address takes ${allow} only.`,
  headers: ['allow', allow],
});

export const bodyTooLarge = (megabytes: number): Refusal => ({
  status: 413,
  code: 'LIMIT_REACHED',
  message: `The request is larger than ${megabytes} MB, the most that an MCP request may have here.`,
});

export const tooManyRequests = (retryAfterSeconds: number): Refusal => ({
  status: 429,
  code: 'LIMIT_REACHED',
  message: `Too many requests. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`,
  retryAfterSeconds,
});

export const tooManyStreams: Refusal = {
  status: 503,
  code: 'LIMIT_REACHED',
  message: 'Too many streams are open here. Close some, or try again in a while.',
  retryAfterSeconds: 10,
};

export const sessionGone: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  rpcCode: SESSION_NOT_FOUND,
  message: 'Session not found. It has ended, or its machine was replaced: initialize again.',
};

export const valuesChanged: Refusal = {
  status: 503,
  code: 'VALUES_CHANGED',
  message: 'Your own values for this MCP server have changed. Send the request again.',
  retryAfterSeconds: 1,
};

export const stopped = (route: Route): Refusal => ({
  status: 503,
  code: 'STOPPED',
  message: `${quoted(route)} is stopped. Its owner can start it in the Catwalk dashboard.`,
  retryAfterSeconds: 60,
});

export const deploying = (route: Route): Refusal => ({
  status: 503,
  code: 'DEPLOYING',
  message: `${quoted(route)} is still being deployed: ${PHASES[route.phase ?? 'QUEUED']}${route.phase === null ? '' : ` (${route.phase})`}. Try again in a moment.`,
  retryAfterSeconds: 5,
});

export const failed = (route: Route): Refusal => {
  const { code, message } = route.failure ?? { code: 'INTERNAL', message: 'The reason is in the Catwalk dashboard.' };
  return {
    status: 503,
    code,
    message: `${quoted(route)} could not be started (${code}): ${message}`,
    retryAfterSeconds: 300,
  };
};

export const starting = (route: Route): Refusal => ({
  status: 503,
  code: 'STARTING',
  message: `${quoted(route)} is getting a machine. Try again in a moment.`,
  retryAfterSeconds: 5,
});

export const waking = (route: Route): Refusal => ({
  status: 503,
  code: 'WAKING',
  message: `${quoted(route)} was asleep and is being woken up. Try again in a moment.`,
  retryAfterSeconds: 5,
});

export const unreachable: Refusal = {
  status: 502,
  code: 'MACHINE_UNREACHABLE',
  message: 'The machine of this MCP server cannot be reached. Catwalk is looking after it; try again in a moment.',
};

/** Fly's proxy does not reach the machine at the moment, or limits how many requests it passes on. */
export const notReachableYet = (retryAfterSeconds: number): Refusal => ({
  ...unreachable,
  status: 503,
  retryAfterSeconds,
});

export const brokenOff: Refusal = {
  status: 502,
  code: 'MACHINE_LOST',
  message:
    'The machine of this MCP server ended the connection before it had answered. The call may or may not have run.',
};

export const unacceptable = (reason: string): Refusal => ({
  status: 502,
  code: 'BAD_ANSWER',
  message: `The machine of this MCP server did not answer as an MCP server does: ${reason}.`,
});

export const silent: Refusal = {
  status: 504,
  code: 'MACHINE_SILENT',
  message: 'The MCP server did not answer in time. The call may still be running; try again later.',
};

export const internal: Refusal = {
  status: 500,
  code: 'INTERNAL',
  message:
    'Catwalk could not handle this request. Try again. If it keeps happening, the administrator can find the cause in the log under the request id.',
};

export const unavailable: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'Catwalk cannot reach its database at the moment. Try again in a few seconds.',
  retryAfterSeconds: 5,
};

export const closing: Refusal = {
  status: 503,
  code: 'CLOSING',
  message: 'Catwalk is restarting. Try again in a moment.',
  retryAfterSeconds: 2,
};
