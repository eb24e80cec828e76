import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from '../records.ts';
import { decodeHeader, headerOf } from './header-values.ts';
import { RPC } from './json-rpc.ts';
import { META_PREFIX } from './protocol-names.ts';
import { findHeaderMismatch, type ToolHeaders } from './tool-headers.ts';
import { readable } from './wire-values.ts';

/** Modern revisions are named by date, as the legacy ones are; the last legacy one is 2025-11-25. */
const FIRST_MODERN = '2026-07-28';
const HEADER_MISMATCH = -32020;
const UNSUPPORTED_VERSION = -32022;

const NAMED_BY: Record<string, string> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

export type ModernProblem = { code: number; message: string; data?: unknown };

const isModernVersion = (version: unknown): boolean =>
  typeof version === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= FIRST_MODERN;

const metaOf = (body: Record<string, unknown>): Record<string, unknown> => {
  const params = body['params'];
  return isRecord(params) && isRecord(params['_meta']) ? params['_meta'] : {};
};

const claimedVersion = (body: Record<string, unknown>): unknown => metaOf(body)[`${META_PREFIX}protocolVersion`];

/**
 * Decides whether a message belongs to the stateless protocol: it says so itself, in `_meta`, or the header does.
 * `initialize` belongs to the session-based protocols unless its own envelope is modern.
 */
export const isModern = (headers: IncomingHttpHeaders, body: Record<string, unknown>): boolean => {
  const claimed = claimedVersion(body);
  if (body['method'] === 'initialize') return isModernVersion(claimed);
  return (
    claimed !== undefined || isModernVersion(headers['mcp-protocol-version']) || body['method'] === 'server/discover'
  );
};

const disagree = (what: string): ModernProblem => ({
  code: HEADER_MISMATCH,
  message: `Bad Request: the request headers and body disagree: ${what}`,
});

const envelopeProblem = (body: Record<string, unknown>): ModernProblem | null => {
  const meta = metaOf(body);
  const version = claimedVersion(body);
  const capabilities = meta[`${META_PREFIX}clientCapabilities`];
  const wrong = typeof version !== 'string' ? 'protocolVersion' : isRecord(capabilities) ? null : 'clientCapabilities';
  return wrong === null
    ? null
    : { code: RPC.INVALID_PARAMS, message: `Invalid params: _meta["${META_PREFIX}${wrong}"] is missing or malformed.` };
};

/**
 * Checks what the HTTP binding of 2026-07-28 demands of a request, before the server sees it. `supported`: the
 * revisions that the server named in `server/discover`; empty when it did not name any.
 */
export const checkModernRequest = (
  headers: IncomingHttpHeaders,
  body: Record<string, unknown>,
  supported: readonly string[],
): ModernProblem | null => {
  const broken = envelopeProblem(body);
  if (broken) return broken;
  const method = String(body['method']);
  const version = headerOf(headers, 'mcp-protocol-version');
  const claimed = String(claimedVersion(body));
  if (version !== claimed)
    return disagree(
      `the body names protocol version ${claimed}, the MCP-Protocol-Version header ${version ?? 'is missing'}.`,
    );
  if (supported.length > 0 && !supported.includes(claimed))
    return {
      code: UNSUPPORTED_VERSION,
      message: `Unsupported protocol version: ${claimed}.`,
      data: { supported, requested: claimed },
    };
  const methodHeader = headerOf(headers, 'mcp-method');
  if (methodHeader !== method)
    return disagree(
      `the body names the method ${readable(method)}, the Mcp-Method header ${methodHeader ?? 'is missing'}.`,
    );
  const field = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  const params = body['params'];
  const named = field !== undefined && isRecord(params) ? params[field] : undefined;
  if (typeof named !== 'string') return null;
  const nameHeader = headerOf(headers, 'mcp-name');
  if (nameHeader === null) return disagree(`the body names ${readable(named)}, the Mcp-Name header is missing.`);
  const decoded = decodeHeader(nameHeader);
  if (decoded === null)
    return disagree('the Mcp-Name header is malformed. Send plain ASCII, or =?base64?…?= for everything else.');
  return decoded === named ? null : disagree(`the body names ${readable(named)}, the Mcp-Name header another.`);
};

/** Checks the headers that repeat parameters of a tool (`Mcp-Param-*`), once the server's tools are known. */
export const checkToolHeaders = (
  headers: IncomingHttpHeaders,
  body: Record<string, unknown>,
  tools: ToolHeaders,
): ModernProblem | null => {
  const params = isRecord(body['params']) ? body['params'] : {};
  const annotated = typeof params['name'] === 'string' ? tools.get(params['name']) : undefined;
  const mismatch = annotated ? findHeaderMismatch(annotated, headers, params['arguments']) : null;
  return mismatch === null ? null : disagree(mismatch);
};
