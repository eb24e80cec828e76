/** Facts from a bounded look at a request body. For usage and error texts, never for routing. */
export type BodyPeek = {
  method: string | null;
  /** The tool or prompt that is called. */
  name: string | null;
  id: string | number | null;
};

/** Bodies up to this size are read to their end, of larger ones both ends. */
const WHOLE_BYTES_MAX = 4_096;
const HEAD_BYTES = 2_048;
const TAIL_BYTES = 128;
const TEXT_MAX = 128;

const NOTHING: BodyPeek = { method: null, name: null, id: null };
const BATCH: BodyPeek = { method: '(batch)', name: null, id: null };
/** The SDKs write the id last. */
const TRAILING_ID = /"id"\s*:\s*(-?\d{1,15}|"[^"\\]{1,64}")\s*\}\s*$/;

/** Looks at the first chunk of a body. */
export function peekBody(chunk: Buffer, isWhole: boolean): BodyPeek {
  const isRead = isWhole && chunk.length <= WHOLE_BYTES_MAX;
  const peek = scan(chunk.toString('latin1', 0, isRead ? chunk.length : HEAD_BYTES), isRead);
  if (peek.id === null && isWhole && !isRead) {
    const id = TRAILING_ID.exec(chunk.toString('latin1', chunk.length - TAIL_BYTES))?.[1];
    if (id !== undefined) peek.id = id.startsWith('"') ? id.slice(1, -1) : Number(id);
  }
  return peek;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;

const isNumeric = (code: number): boolean => (code >= 0x30 && code <= 0x39) || code === 0x2d;

/**
 * Finds `method`, `id` and `params.name` in one pass that builds nothing else and stops when it has all three. A body
 * that ends too early yields nothing: the host answers the parse error.
 */
function scan(text: string, isWhole: boolean): BodyPeek {
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) === OPEN_BRACKET) return BATCH;
  if (text.charCodeAt(at) !== OPEN_BRACE) return NOTHING;
  let depth = 0;
  /** The member of the message that is being read, and inside `params` the member of that. */
  let member = '';
  let parameter = '';
  let method: string | null = null;
  let name: string | null = null;
  let id: string | number | null = null;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at + 1);
      if (end === -1) break;
      const next = skipSpace(text, end + 1);
      if (text.charCodeAt(next) === COLON) {
        if (depth === 1) member = text.slice(at + 1, end);
        else if (depth === 2) parameter = text.slice(at + 1, end);
        at = next;
        continue;
      }
      if (depth === 1 && member === 'method') method = wordOf(text, at, end);
      else if (depth === 1 && member === 'id') id = wordOf(text, at, end);
      else if (depth === 2 && member === 'params' && parameter === 'name') name = wordOf(text, at, end);
      if (name !== null && id !== null && isNaming(method)) return { method, name, id };
      at = end;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      parameter = '';
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) break;
    } else if (code === COMMA && depth === 1) {
      member = ''; // the text may end in the middle of the next member
    } else if (depth === 1 && member === 'id' && isNumeric(code)) {
      const start = at;
      while (at + 1 < text.length && isPartOfNumber(text.charCodeAt(at + 1))) at += 1;
      const isCut = !isWhole && at + 1 === text.length;
      if (!isCut) id = Number(text.slice(start, at + 1));
    }
  }
  if (isWhole && (depth !== 0 || skipSpace(text, at + 1) < text.length)) return NOTHING;
  if (method === null && isWhole) method = '(response)';
  return { method, name: isNaming(method) ? name : null, id };
}

const isNaming = (method: string | null): boolean => method === 'tools/call' || method === 'prompts/get';

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at += 1; // past the end there is no number to compare with
  return at;
}

/** `e` and `+`, too: 1e3 is a number. */
const isPartOfNumber = (code: number): boolean =>
  isNumeric(code) || code === 0x2e || code === 0x2b || code === 0x65 || code === 0x45;

/** Returns the offset of the closing quote; -1 if the text ends before it. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end !== -1 && isEscaped(text, end, from)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number, from: number): boolean {
  let backslashes = 0;
  while (at - 1 - backslashes >= from && text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

const PLAIN = /^[ !#-[\]-~]*$/;

/** A string's value; the text holds a character for each byte. */
function wordOf(text: string, quote: number, end: number): string {
  const raw = text.slice(quote + 1, end);
  if (PLAIN.test(raw)) return raw.slice(0, TEXT_MAX);
  try {
    const value: unknown = JSON.parse(`"${Buffer.from(raw, 'latin1').toString('utf8')}"`);
    return String(value).slice(0, TEXT_MAX);
  } catch {
    return raw.slice(0, TEXT_MAX);
  }
}

const ERROR_HEAD_CHARACTERS = 160;
const RESULT_BYTES = 8_192;
const FAILED_CALL = '"isError":true';

/**
 * Reports whether an answer, or its beginning, reads like a JSON-RPC error or a failed tool call. A guess, for
 * statistics.
 */
export const readsLikeError = (text: string): boolean =>
  text.includes(FAILED_CALL) || text.slice(0, ERROR_HEAD_CHARACTERS).includes('"error":{');

/** The same of a piece of any size, of which only both ends are read. */
export const looksLikeError = (chunk: Buffer): boolean =>
  readsLikeError(chunk.toString('latin1', 0, RESULT_BYTES)) ||
  (chunk.length > RESULT_BYTES && chunk.subarray(-RESULT_BYTES).includes(FAILED_CALL));
