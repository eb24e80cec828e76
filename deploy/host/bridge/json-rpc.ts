/**
 * JSON-RPC messages as text: finds where id, method and params are without rebuilding the message, so that numbers,
 * key order, unknown fields and every byte of the rest pass exactly as they came.
 *
 * Text inside the bridge is latin1: one character a byte. JSON's structure is ASCII, so UTF-8 content (even invalid)
 * passes untouched, offsets are byte offsets and a string's length is its Content-Length.
 */

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

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

export const skipSpace = (text: string, at: number): number => {
  let i = at;
  for (;;) {
    const code = text.charCodeAt(i);
    if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return i;
    i += 1;
  }
};

/** The index after a string's closing quote; -1 when it does not close. */
const skipString = (text: string, at: number): number => {
  let close = text.indexOf('"', at + 1);
  while (close !== -1) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return close + 1;
    close = text.indexOf('"', close + 1);
  }
  return -1;
};

/** The index after the value at `at`; -1 when it has no end. */
const skipValue = (text: string, at: number): number => {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    let i = at;
    for (; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= 32) break;
    }
    return i === at ? -1 : i;
  }
  let depth = 0;
  let i = at;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = skipString(text, i);
      if (i === -1) return -1;
      continue;
    }
    i += 1;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return -1;
};

/** Calls `visit` for each member of the object at `at`; returns the index after it, or -1 if it is not well formed. */
export const eachMember = (
  text: string,
  at: number,
  visit: (key: string, start: number, end: number) => void,
): number => {
  if (text.charCodeAt(at) !== OPEN_BRACE) return -1;
  let i = skipSpace(text, at + 1);
  if (text.charCodeAt(i) === CLOSE_BRACE) return i + 1;
  for (;;) {
    if (text.charCodeAt(i) !== QUOTE) return -1;
    const keyEnd = skipString(text, i);
    if (keyEnd === -1) return -1;
    const key = text.slice(i + 1, keyEnd - 1);
    i = skipSpace(text, keyEnd);
    if (text.charCodeAt(i) !== COLON) return -1;
    const start = skipSpace(text, i + 1);
    const end = skipValue(text, start);
    if (end === -1) return -1;
    visit(key, start, end);
    i = skipSpace(text, end);
    const next = text.charCodeAt(i);
    if (next === CLOSE_BRACE) return i + 1;
    if (next !== COMMA) return -1;
    i = skipSpace(text, i + 1);
  }
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

/** Text that people wrote, as the latin1 the bridge works in. */
export const toWire = (value: unknown): string => Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');

/** No program nests its messages deeper. Functions that walk through a value would run out of stack at some thousands. */
const DEPTH_MAX = 500;

const isTooDeep = (text: string): boolean => {
  if (text.length <= DEPTH_MAX) return false;
  let depth = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = skipString(text, i);
      if (i === -1) return false; // not JSON
      continue;
    }
    i += 1;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
};

/**
 * A part of a message, parsed as it came, without decoding its text. Null for text that is not JSON, or is nested too
 * deeply: the scanner finds the members of a message that a child sent, and does not check their values.
 */
export const rawFromWire = (text: string): unknown => {
  if (isTooDeep(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // a server must not end the host, or calls of others, with a message that it spoiled
  }
};

/** A value from the wire; null for text that is not JSON, or is nested too deeply. */
export const fromWire = (text: string): unknown => rawFromWire(Buffer.from(text, 'latin1').toString('utf8'));

/**
 * A part of a message that was parsed as it came, without decoding its text. Its strings are latin1, as the wire is.
 */
export const rawToWire = (value: unknown): string => JSON.stringify(value);

/** Text of the wire as people read it. */
export const readable = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

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
