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
const METHOD = /"method"\s*:\s*"([^"\\]{1,128})"/;
const NAME = /"params"\s*:\s*\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*?"name"\s*:\s*"([^"\\]{1,128})"/;
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
  const head = chunk.toString('latin1', 0, HEAD_BYTES);
  const tail = isWhole ? chunk.toString('latin1', Math.max(0, chunk.length - TAIL_BYTES)) : '';
  const id = TRAILING_ID.exec(tail)?.[1];
  const method = METHOD.exec(head)?.[1] ?? null;
  return {
    method,
    name: isNaming(method) ? (NAME.exec(head)?.[1] ?? null) : null,
    id: id === undefined ? null : id.startsWith('"') ? id.slice(1, -1) : Number(id),
  };
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

const ERROR_HEAD_BYTES = 160;
const RESULT_BYTES = 8_192;

/** Whether a piece of an answer reads like a JSON-RPC error or a failed tool call. Bounded; a guess, for statistics. */
export function looksLikeError(chunk: Buffer): boolean {
  if (chunk.subarray(0, ERROR_HEAD_BYTES).includes('"error":{')) return true;
  return (
    chunk.subarray(0, RESULT_BYTES).includes('"isError":true') ||
    chunk.subarray(-RESULT_BYTES).includes('"isError":true')
  );
}
