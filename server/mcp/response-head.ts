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
 * Decides whether a machine's answer may be passed on, and with which headers. The machine runs somebody's package: it
 * may speak JSON, an event stream or nothing, and may not touch cookies, policies, redirects or identity of our origin.
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

function isDropped(name: string): boolean {
  switch (name) {
    // this hop's own
    case 'connection':
    case 'keep-alive':
    case 'proxy-connection':
    case 'transfer-encoding':
    case 'te':
    case 'trailer':
    case 'upgrade':
    // what would act on our origin
    case 'set-cookie':
    case 'set-cookie2':
    case 'clear-site-data':
    case 'strict-transport-security':
    case 'public-key-pins':
    case 'alt-svc':
    case 'location':
    case 'content-location':
    case 'refresh':
    case 'link':
    case 'nel':
    case 'report-to':
    case 'reporting-endpoints':
    case 'expect-ct':
    case 'service-worker-allowed':
    case 'service-worker-navigation-preload':
    case 'origin-agent-cluster':
    case 'permissions-policy':
    case 'referrer-policy':
    case 'timing-allow-origin':
    case 'sourcemap':
    case 'x-sourcemap':
    case 'x-frame-options':
    case 'x-content-type-options':
    case 'x-dns-prefetch-control':
    case 'content-disposition':
    // who may call is ours to say
    case 'www-authenticate':
    case 'proxy-authenticate':
    case 'authentication-info':
      return true;
    default:
      return (
        name.startsWith('access-control-') ||
        name.startsWith('content-security-policy') ||
        name.startsWith('cross-origin-') ||
        name.startsWith('catwalk-')
      );
  }
}

const isNamedIn = (connection: string | string[], name: string): boolean => {
  const list = typeof connection === 'string' ? connection : connection.join(',');
  if (list === 'keep-alive' || list === 'close') return false;
  return list.split(',').some((token) => token.trim().toLowerCase() === name);
};
