import { toPublicSessionId } from './session-id.ts';

/** Set on every answer of the endpoint: nothing that a server sends can run on the dashboard's origin. */
export const SAFETY_HEADERS: readonly string[] = [
  'x-content-type-options',
  'nosniff',
  'content-security-policy',
  "sandbox; default-src 'none'; frame-ancestors 'none'",
];

export type AnswerKind = 'json' | 'stream' | 'empty';

export type ResponseHead =
  | { ok: true; kind: AnswerKind; headers: string[]; contentLength: number | null }
  | { ok: false; reason: string };

type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Decides whether a machine's answer may be passed on, and with which headers. The machine runs a stranger's package:
 * it may speak JSON, an event stream or nothing, and may not touch cookies, policies, redirects or identity of our
 * origin.
 */
export function readResponseHead(status: number, upstream: UpstreamHeaders, machineId: string): ResponseHead {
  if (status === 401 || status === 403 || status === 407) return refuse(`it answered ${status}`);
  if (status >= 300 && status < 400) return refuse(`it answered with a redirect (${status})`);
  const type = upstream['content-type'];
  const length = upstream['content-length'];
  if (Array.isArray(type)) return refuse('it named two content types');
  const kind = kindOf(type, status, length);
  if (kind === null)
    return refuse(
      `it answered with ${type === undefined ? 'an unnamed content type' : 'another content type than JSON or an event stream'}`,
    );

  const headers: string[] = [];
  const named = upstream['connection'];
  for (const name in upstream) {
    if (isDropped(name)) continue;
    if (named !== undefined && isNamedIn(named, name)) continue;
    const value = upstream[name];
    if (value === undefined) continue;
    if (name === 'content-type' && kind === 'empty') continue;
    if (name === 'mcp-session-id') {
      if (Array.isArray(value)) return refuse('it named two sessions');
      headers.push(name, toPublicSessionId(machineId, value));
    } else if (typeof value === 'string') headers.push(name, value);
    else for (const one of value) headers.push(name, one);
  }
  if (kind === 'stream') {
    if (upstream['cache-control'] === undefined) headers.push('cache-control', 'no-cache, no-transform');
    if (upstream['x-accel-buffering'] === undefined) headers.push('x-accel-buffering', 'no');
  } else if (upstream['cache-control'] === undefined) headers.push('cache-control', 'no-store');
  return { ok: true, kind, headers, contentLength: typeof length === 'string' ? Number(length) : null };
}

const refuse = (reason: string): ResponseHead => ({ ok: false, reason });

function kindOf(type: string | undefined, status: number, length: string | string[] | undefined): AnswerKind | null {
  if (type === 'application/json') return 'json';
  if (type === 'text/event-stream') return 'stream';
  if (status === 204 || status === 205 || length === '0') return 'empty';
  if (type === undefined) return 'empty'; // a body that follows after all is refused when it comes
  const essence = type.split(';', 1)[0]?.trim().toLowerCase();
  if (essence === 'application/json') return 'json';
  if (essence === 'text/event-stream') return 'stream';
  return status === 202 ? 'empty' : null;
}

const DROPPED: ReadonlySet<string> = new Set([
  // this hop's own
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  // what would act on our origin
  'set-cookie',
  'set-cookie2',
  'clear-site-data',
  'strict-transport-security',
  'public-key-pins',
  'alt-svc',
  'location',
  'content-location',
  'refresh',
  'link',
  'nel',
  'report-to',
  'reporting-endpoints',
  'expect-ct',
  'service-worker-allowed',
  'service-worker-navigation-preload',
  'origin-agent-cluster',
  'permissions-policy',
  'referrer-policy',
  'timing-allow-origin',
  'sourcemap',
  'x-sourcemap',
  'x-frame-options',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'content-disposition',
  // the request's name is ours to give
  'x-request-id',
  // who may call is ours to say
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
]);

const isDropped = (name: string): boolean =>
  DROPPED.has(name) ||
  name.startsWith('access-control-') ||
  name.startsWith('content-security-policy') ||
  name.startsWith('cross-origin-') ||
  name.startsWith('catwalk-');

const isNamedIn = (connection: string | string[], name: string): boolean => {
  const list = typeof connection === 'string' ? connection : connection.join(',');
  if (list === 'keep-alive' || list === 'close') return false;
  return list.split(',').some((token) => token.trim().toLowerCase() === name);
};
