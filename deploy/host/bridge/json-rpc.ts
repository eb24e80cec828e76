/**
 * JSON-RPC messages as text: finds where id, method and params are without rebuilding the message, so that numbers,
 * key order, unknown fields and every byte of the rest pass exactly as they came.
 *
 * Text inside the bridge is latin1: one character a byte. JSON's structure is ASCII, so UTF-8 content (even invalid)
 * passes untouched, offsets are byte offsets and a string's length is its Content-Length.
 */
import {
  CLOSE_BRACKET,
  COMMA,
  eachMember,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
  skipValue,
} from './json-text.ts';
import { toWire } from './wire-values.ts';

export type Span = { start: number; end: number };

export type Envelope = {
  text: string;
  /** It says `"jsonrpc":"2.0"`. */
  isVersion2: boolean;
  /** The id as it stands in the text (`7`, `"a"`), null when there is none. */
  id: string | null;
  idAt: Span | null;
  method: string | null;
  params: Span | null;
  result: Span | null;
  error: Span | null;
};

/** Reads one message; null when the text is not exactly one JSON object. */
export const scan = (text: string): Envelope | null => {
  const envelope: Envelope = {
    text,
    isVersion2: false,
    id: null,
    idAt: null,
    method: null,
    params: null,
    result: null,
    error: null,
  };
  const end = eachMember(text, skipSpace(text, 0), (key, start, stop) => {
    switch (key) {
      case 'id':
        envelope.id = text.slice(start, stop);
        envelope.idAt = { start, end: stop };
        break;
      case 'jsonrpc':
        envelope.isVersion2 = text.slice(start, stop) === '"2.0"';
        break;
      case 'method':
        envelope.method = text.charCodeAt(start) === QUOTE ? text.slice(start + 1, stop - 1) : null;
        break;
      case 'params':
        envelope.params = { start, end: stop };
        break;
      case 'result':
        envelope.result = { start, end: stop };
        break;
      case 'error':
        envelope.error = { start, end: stop };
        break;
    }
  });
  return end === -1 || skipSpace(text, end) < text.length ? null : envelope;
};

/** Ids that MCP allows, as they stand in the text: strings and whole numbers. */
export const isAllowedId = (id: string): boolean =>
  id.charCodeAt(0) === QUOTE || (/^-?\d/.test(id) && Number.isInteger(Number(id)));

const isNull = (text: string, span: Span | null): boolean =>
  span !== null && span.end - span.start === 4 && text.startsWith('null', span.start);

/**
 * True for what JSON-RPC and MCP call a message: version 2.0, with a method, or with an id and either a result or an
 * error that is an object. Programs print JSON of other shapes too, such as the lines of a logger.
 */
export const isMessage = (envelope: Envelope): boolean => {
  const { text, id, method, result, error } = envelope;
  if (!envelope.isVersion2 || (id !== null && !isAllowedId(id))) return false;
  if (method !== null) return result === null && error === null;
  if (id === null) return false;
  if (error !== null && !isNull(text, error))
    return text.charCodeAt(error.start) === OPEN_BRACE && (result === null || isNull(text, result));
  return result !== null;
};

/** An answer that has both members, one of them null, as the one that it means. */
export const withoutNullMember = (envelope: Envelope): Envelope => {
  const { text, id, result, error } = envelope;
  if (id === null || result === null || error === null) return envelope;
  const meant = isNull(text, error) ? resultMessage(id, slice(text, result)) : errorAnswer(id, slice(text, error));
  return scan(meant) ?? envelope;
};

/** Top-level members at the end of a message that answers: its id, before or after the version. */
const ID_AT_END = /"id"\s*:\s*(-?\d+|"(?:[^"\\]|\\.)*")\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/;

/**
 * The id of an answer whose middle is lost, as it stands in the text; null where it cannot be found, and for a request
 * or a notification. `tail` is null when the end is not known yet.
 */
export const idOfCutAnswer = (head: string, tail: string | null): string | null => {
  let id: string | null = null;
  let hasMethod = false;
  eachMember(head, skipSpace(head, 0), (key, start, end) => {
    if (key === 'id') id = head.slice(start, end);
    if (key === 'method') hasMethod = true;
  });
  if (hasMethod) return null;
  return id ?? (tail === null ? null : (ID_AT_END.exec(tail)?.[1] ?? null));
};

/** Finds the span of the member's value inside the object at `object`. */
export const findMember = (text: string, object: Span | null, name: string): Span | null => {
  if (object === null) return null;
  let found: Span | null = null;
  eachMember(text, object.start, (key, start, end) => {
    if (key === name) found = { start, end };
  });
  return found;
};

/** The raw elements of the array that the text holds (a 2025-03-26 batch); null when it holds none. */
export const scanBatch = (text: string): string[] | null => {
  let i = skipSpace(text, 0);
  if (text.charCodeAt(i) !== OPEN_BRACKET) return null;
  const elements: string[] = [];
  i = skipSpace(text, i + 1);
  while (text.charCodeAt(i) !== CLOSE_BRACKET) {
    const end = skipValue(text, i);
    if (end === -1) return null;
    elements.push(text.slice(i, end));
    i = skipSpace(text, end);
    if (text.charCodeAt(i) === COMMA) i = skipSpace(text, i + 1);
    else if (text.charCodeAt(i) !== CLOSE_BRACKET) return null;
  }
  return elements;
};

export const slice = (text: string, span: Span): string => text.slice(span.start, span.end);

/** The text with the spans replaced; spans must not overlap. */
export const replaceSpans = (text: string, changes: readonly { at: Span; by: string }[]): string => {
  const ordered = [...changes].sort((a, b) => a.at.start - b.at.start);
  let out = '';
  let from = 0;
  for (const { at, by } of ordered) {
    out += text.slice(from, at.start) + by;
    from = at.end;
  }
  return out + text.slice(from);
};

export const replaceSpan = (text: string, at: Span, by: string): string =>
  text.slice(0, at.start) + by + text.slice(at.end);

/** A message on one line: raw line breaks are only ever JSON white space. */
export const onOneLine = (text: string): string =>
  text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, ' ') : text;

export const errorMessage = (id: string | null, code: number, message: string, data?: unknown): string =>
  errorAnswer(id ?? 'null', toWire({ code, message, ...(data === undefined ? {} : { data }) }));

/** An answer with an error that is text of the wire. */
export const errorAnswer = (id: string, error: string): string => `{"jsonrpc":"2.0","id":${id},"error":${error}}`;

export const resultMessage = (id: string, result: string): string => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;

export const RPC = {
  PARSE_ERROR: -32700,
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL: -32603,
  /** Everything that has no code of its own: the data says more. */
  SERVER: -32000,
  SESSION_NOT_FOUND: -32001,
  /** A code of the legacy era; the modern one has INVALID_PARAMS for it. */
  RESOURCE_NOT_FOUND: -32002,
} as const;
