import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError } from './answers.ts';
import { type Envelope, isAllowedId, onOneLine, RPC, scan, scanBatch } from './json-rpc.ts';
import { META_PREFIX } from './protocol-names.ts';
import { idOfRequest } from './refused-id.ts';
import { fromWire, rawFromWire, toWire } from './wire-values.ts';

/**
 * `body` is the parsed single message; null for a batch. `id` is that of a single request, under which it is refused;
 * null for everything else.
 */
export type ParsedPost = { messages: Envelope[]; body: Record<string, unknown> | null; id: string | null };

const isRefused = (envelope: Envelope): boolean =>
  (envelope.id !== null && !isAllowedId(envelope.id)) ||
  (envelope.method === null && (envelope.id === null || (envelope.result === null && envelope.error === null)));

const refuse = (response: ServerResponse, id: string | null): null => {
  const message =
    'The body is not an MCP message: a method or an answer, with an id that is a string or a whole number.';
  sendError(response, 400, message, { code: RPC.INVALID_REQUEST, id });
  return null;
};

/**
 * The body with each escape (`\u00f6`, as Python writes every letter outside of ASCII) as the bytes that stand for it on the
 * wire: names are compared with headers and with texts that came without escapes.
 */
const withoutEscapes = (text: string, body: unknown): unknown => {
  const value = text.includes('\\u') ? fromWire(text) : null;
  return value === null ? body : rawFromWire(toWire(value));
};

/** Reads a POSTed message, or a batch of 2025-03-26. Answers what is neither with an error, and returns null. */
export const parsePost = (response: ServerResponse, text: string): ParsedPost | null => {
  let body: unknown;
  try {
    // The scanner finds its way only in valid JSON, and nothing else must reach a child.
    body = JSON.parse(text);
  } catch {
    sendError(response, 400, 'The body is not valid JSON.', { code: RPC.PARSE_ERROR });
    return null;
  }
  const line = onOneLine(text);
  if (!Array.isArray(body)) {
    const only = scan(line);
    if (only === null || isRefused(only)) return refuse(response, idOfRequest(line));
    // The scanner has found the body to be an object.
    const read = withoutEscapes(line, body) as Record<string, unknown>;
    return { messages: [only], body: read, id: only.method === null ? null : only.id };
  }
  const envelopes = (scanBatch(line) ?? []).map(scan);
  const messages = envelopes.filter((envelope) => envelope !== null);
  if (messages.length === 0 || messages.length < envelopes.length || messages.some(isRefused))
    return refuse(response, null);
  return { messages, body: null, id: null };
};

/** Spares the calls of sessions a closer look: only these can be of the stateless era. */
export const isModernHint = (request: IncomingMessage, envelope: Envelope): boolean =>
  request.headers['mcp-session-id'] === undefined &&
  (envelope.method === 'server/discover' ||
    request.headers['mcp-protocol-version'] !== undefined ||
    envelope.text.includes(META_PREFIX));
