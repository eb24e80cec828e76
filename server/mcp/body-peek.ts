/** What a request body says about itself, as far as a bounded look tells. For usage and error texts, never for routing. */
export type BodyPeek = {
  method: string | null;
  /** The tool or prompt that is called. */
  name: string | null;
  id: string | number | null;
};

const PARSED_BYTES_MAX = 4_096;
const HEAD_BYTES = 2_048;
const TAIL_BYTES = 128;
const TEXT_MAX = 128;

const NOTHING: BodyPeek = { method: null, name: null, id: null };
/** The SDKs write the id last. */
const TRAILING_ID = /"id"\s*:\s*(-?\d{1,15}|"[^"\\]{1,64}")\s*\}\s*$/;

/** Looks at the first chunk of a body: small ones are parsed, of large ones only both ends are read. */
export function peekBody(chunk: Buffer, isWhole: boolean): BodyPeek {
  if (isWhole && chunk.length <= PARSED_BYTES_MAX) {
    try {
      return describeMessage(JSON.parse(chunk.toString('utf8')));
    } catch {
      return NOTHING; // the host answers a parse error; there is nothing to tell of it here
    }
  }
  const { method, name } = scan(chunk.toString('latin1', 0, HEAD_BYTES));
  const tail = isWhole ? chunk.toString('latin1', Math.max(0, chunk.length - TAIL_BYTES)) : '';
  const id = TRAILING_ID.exec(tail)?.[1];
  return {
    method,
    name: isNaming(method) ? name : null,
    id: id === undefined ? null : id.startsWith('"') ? id.slice(1, -1) : Number(id),
  };
}

/** `method` and `params.name` of a message of which only the beginning is at hand. */
function scan(text: string): { method: string | null; name: string | null } {
  const keys: string[] = [];
  let method: string | null = null;
  let name: string | null = null;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '{' || character === '[') keys.push('');
    else if (character === '}' || character === ']') keys.pop();
    if (character !== '"') continue;
    const end = endOfString(text, i + 1);
    if (end === -1) break;
    const word = text.slice(i + 1, Math.min(end, i + 1 + TEXT_MAX));
    i = end;
    if (isFollowedByColon(text, end + 1)) keys[keys.length - 1] = word;
    else if (keys.length === 1 && keys[0] === 'method') method = word;
    else if (keys.length === 2 && keys[0] === 'params' && keys[1] === 'name') name = word;
  }
  return { method, name };
}

function endOfString(text: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i;
  }
  return -1;
}

function isFollowedByColon(text: string, from: number): boolean {
  let i = from;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i += 1;
  return text[i] === ':';
}

const isNaming = (method: string | null): boolean => method === 'tools/call' || method === 'prompts/get';

function describeMessage(message: unknown): BodyPeek {
  if (typeof message !== 'object' || message === null) return NOTHING;
  if (Array.isArray(message)) return { method: '(batch)', name: null, id: null };
  const { method, params, id } = message as { method?: unknown; params?: unknown; id?: unknown }; // each is checked
  const known = typeof method === 'string' ? method.slice(0, TEXT_MAX) : '(response)';
  return {
    method: known,
    name: isNaming(known) ? nameOf(params) : null,
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
  };
}

function nameOf(params: unknown): string | null {
  if (typeof params !== 'object' || params === null || !('name' in params)) return null;
  return typeof params.name === 'string' ? params.name.slice(0, TEXT_MAX) : null;
}

const ERROR_HEAD_CHARACTERS = 160;
const RESULT_BYTES = 8_192;
const FAILED_CALL = '"isError":true';

/** Whether an answer, or its beginning, reads like a JSON-RPC error or a failed tool call. A guess, for statistics. */
export const readsLikeError = (text: string): boolean =>
  text.includes(FAILED_CALL) || text.slice(0, ERROR_HEAD_CHARACTERS).includes('"error":{');

/** The same of a piece of any size, of which only both ends are read. */
export const looksLikeError = (chunk: Buffer): boolean =>
  readsLikeError(chunk.toString('latin1', 0, RESULT_BYTES)) ||
  (chunk.length > RESULT_BYTES && chunk.subarray(-RESULT_BYTES).includes(FAILED_CALL));
