import { HOST_TOKEN_HEADER, PRINCIPAL_HEADER } from '#deploy/host/contract.ts';
import type { MachineTarget } from './route.ts';

/** What the endpoint itself reads of a request's headers, found in one pass, and what it passes on. */
export type RequestHead = {
  host: string | null;
  origin: string | null;
  /** The bearer token, without the word. */
  bearer: string | null;
  sessionId: string | null;
  protocolVersion: string | null;
  /** `Mcp-Method` and `Mcp-Name` of the 2026 protocol. */
  mcpMethod: string | null;
  mcpName: string | null;
  contentLength: number | null;
  hasBody: boolean;
  /** End-to-end headers, names and values in turn, without those that belong to this hop or to the caller's identity. */
  forward: string[];
};

/** A request whose headers say two things at once: refused, because the next hop might believe the other one. */
export class AmbiguousHeaderError extends Error {}

const BEARER = /^bearer +([^\s,]+) *$/i;

/** Reads `req.rawHeaders`. Framing has been checked by Node's parser; what it lets through doubled is refused here. */
export function readHead(raw: readonly string[]): RequestHead {
  const head: RequestHead = {
    host: null,
    origin: null,
    bearer: null,
    sessionId: null,
    protocolVersion: null,
    mcpMethod: null,
    mcpName: null,
    contentLength: null,
    hasBody: false,
    forward: [],
  };
  const { forward } = head;
  let connection = '';
  let authorized = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    switch (name) {
      case 'host':
        if (head.host !== null) throw new AmbiguousHeaderError('Host');
        head.host = value;
        continue;
      case 'origin':
        if (head.origin !== null) throw new AmbiguousHeaderError('Origin');
        head.origin = value;
        continue;
      case 'authorization':
        if (authorized) throw new AmbiguousHeaderError('Authorization');
        authorized = true;
        head.bearer = BEARER.exec(value)?.[1] ?? null;
        continue;
      case 'mcp-session-id':
        if (head.sessionId !== null) throw new AmbiguousHeaderError('Mcp-Session-Id');
        head.sessionId = value;
        continue;
      case 'content-length':
        head.contentLength = Number(value);
        head.hasBody = head.contentLength > 0;
        continue;
      case 'transfer-encoding':
        head.hasBody = true;
        continue;
      case 'connection':
        connection += `${value},`;
        continue;
      case 'mcp-protocol-version':
        head.protocolVersion = value;
        break;
      case 'mcp-method':
        head.mcpMethod = value;
        break;
      case 'mcp-name':
        head.mcpName = value;
        break;
      // this hop's own, and what names the caller to us or to the dashboard
      case 'keep-alive':
      case 'proxy-connection':
      case 'proxy-authorization':
      case 'proxy-authenticate':
      case 'te':
      case 'trailer':
      case 'upgrade':
      case 'http2-settings':
      case 'expect':
      case 'cookie':
      case 'forwarded':
        continue;
      default:
        if (isPrivateName(name)) continue;
    }
    forward.push(name, value);
  }
  if (connection !== '' && !isPlainConnection(connection)) head.forward = withoutNamed(forward, connection);
  return head;
}

const isPrivateName = (name: string): boolean =>
  name.startsWith('catwalk-') ||
  name.startsWith('x-forwarded-') ||
  name === 'x-real-ip' ||
  name.startsWith('fly-') ||
  name.startsWith(':');

const isPlainConnection = (value: string): boolean =>
  value === 'keep-alive,' || value === 'close,' || value === 'Keep-Alive,' || value === 'Close,';

/** RFC 9110 §7.6.1: a header that `Connection` names belongs to this hop. */
function withoutNamed(forward: readonly string[], connection: string): string[] {
  const named = new Set(connection.split(',').map((token) => token.trim().toLowerCase()));
  const kept: string[] = [];
  for (let i = 0; i + 1 < forward.length; i += 2) {
    const name = forward[i] ?? '';
    if (!named.has(name)) kept.push(name, forward[i + 1] ?? '');
  }
  return kept;
}

/** Completes the headers for one machine: its host's name, its token, who calls, and the session as it knows it. */
export function toUpstreamHeaders(
  head: RequestHead,
  target: MachineTarget,
  principal: string,
  sessionId: string | null,
): string[] {
  const headers = head.forward;
  for (const name in target.headers) headers.push(name, target.headers[name] ?? '');
  headers.push(HOST_TOKEN_HEADER, target.token, PRINCIPAL_HEADER, principal);
  if (sessionId !== null) headers.push('mcp-session-id', sessionId);
  if (head.contentLength !== null) headers.push('content-length', String(head.contentLength));
  return headers;
}
