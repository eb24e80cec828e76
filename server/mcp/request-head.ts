import {
  CALLER_HEADER,
  HOST_TOKEN_HEADER,
  PRINCIPAL_HEADER,
  RECORD_BODIES_HEADER,
  REQUEST_ID_HEADER,
  TRACE_HEADER,
} from '#deploy/host/header-contract.ts';
import type { MachineTarget } from './route.ts';

/** The headers that the endpoint itself reads, found in one pass, and those that it passes on. */
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
  traceparent: string | null;
  contentLength: number | null;
  hasBody: boolean;
  /** End-to-end headers, names and values in turn, without those that belong to this hop or to the caller's identity. */
  forward: string[];
};

/** A request whose headers say two things at once: refused, because the next hop might believe the other one. */
export class AmbiguousHeaderError extends Error {}

type Role =
  | 'host'
  | 'origin'
  | 'authorization'
  | 'session'
  | 'length'
  | 'coding'
  | 'connection'
  | 'version'
  | 'method'
  | 'name'
  | 'trace'
  | 'dropped';

/** Names that are more to us than something to pass on; `dropped` are this hop's own, and what names the caller. */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['host', 'host'],
  ['origin', 'origin'],
  ['authorization', 'authorization'],
  ['mcp-session-id', 'session'],
  ['content-length', 'length'],
  ['transfer-encoding', 'coding'],
  ['connection', 'connection'],
  ['mcp-protocol-version', 'version'],
  ['mcp-method', 'method'],
  ['mcp-name', 'name'],
  ['traceparent', 'trace'],
  ['keep-alive', 'dropped'],
  ['proxy-connection', 'dropped'],
  ['proxy-authorization', 'dropped'],
  ['proxy-authenticate', 'dropped'],
  ['te', 'dropped'],
  ['trailer', 'dropped'],
  ['upgrade', 'dropped'],
  ['http2-settings', 'dropped'],
  ['expect', 'dropped'],
  ['cookie', 'dropped'],
  ['forwarded', 'dropped'],
  ['x-real-ip', 'dropped'],
  // A host never compresses, and a proxy before it must not: it would hold back the messages of a stream.
  ['accept-encoding', 'dropped'],
]);

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
    traceparent: null,
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
    switch (ROLES.get(name)) {
      case undefined:
        if (!isPrivateName(name)) forward.push(name, value);
        break;
      case 'host':
        if (head.host !== null) throw new AmbiguousHeaderError('Host');
        head.host = value;
        break;
      case 'origin':
        if (head.origin !== null) throw new AmbiguousHeaderError('Origin');
        head.origin = value;
        break;
      case 'authorization':
        if (authorized) throw new AmbiguousHeaderError('Authorization');
        authorized = true;
        head.bearer = BEARER.exec(value)?.[1] ?? null;
        break;
      case 'session':
        if (head.sessionId !== null) throw new AmbiguousHeaderError('Mcp-Session-Id');
        head.sessionId = value;
        break;
      case 'length':
        head.contentLength = Number(value);
        head.hasBody = head.contentLength > 0;
        break;
      case 'coding':
        head.hasBody = true;
        break;
      case 'connection':
        connection += `${value},`;
        break;
      case 'version':
        head.protocolVersion = value;
        forward.push(name, value);
        break;
      case 'method':
        head.mcpMethod = value;
        forward.push(name, value);
        break;
      case 'name':
        head.mcpName = value;
        forward.push(name, value);
        break;
      case 'trace':
        head.traceparent = value;
        forward.push(name, value);
        break;
      case 'dropped':
        break;
    }
  }
  if (connection !== '' && !isPlainConnection(connection)) head.forward = withoutNamed(forward, connection);
  return head;
}

const isPrivateName = (name: string): boolean =>
  name.startsWith('catwalk-') || name.startsWith('x-forwarded-') || name.startsWith('fly-') || name.startsWith(':');

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

/** Completes the headers for one machine: its host's name, its token, who calls and which call, the session as it knows it. */
export function toUpstreamHeaders(
  head: RequestHead,
  target: MachineTarget,
  principal: string,
  requestId: string,
  sessionId: string | null,
  caller: string | null = null,
  recordsBodies = false,
  traceparent: string | null = null,
): string[] {
  const headers = head.forward;
  if (traceparent !== null) putTrace(headers, traceparent);
  for (const name in target.headers) headers.push(name, target.headers[name] ?? '');
  headers.push(HOST_TOKEN_HEADER, target.token, PRINCIPAL_HEADER, principal, REQUEST_ID_HEADER, requestId);
  if (sessionId !== null) headers.push('mcp-session-id', sessionId);
  if (caller !== null) headers.push(CALLER_HEADER, caller);
  if (recordsBodies) headers.push(RECORD_BODIES_HEADER, '1');
  if (head.contentLength !== null) headers.push('content-length', String(head.contentLength));
  return headers;
}

/** The next hop belongs to the endpoint's span, and no longer to the caller's. */
function putTrace(headers: string[], traceparent: string): void {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== 'traceparent') continue;
    headers[i + 1] = traceparent;
    headers.push(TRACE_HEADER, '1');
    return;
  }
  headers.push('traceparent', traceparent, TRACE_HEADER, '1');
}
