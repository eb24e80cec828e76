import { isRecord } from '../../records.ts';
import { memberText, withoutMembers } from '../json-edit.ts';
import { type Envelope, errorMessage, RPC, slice } from '../json-rpc.ts';
import { isModernCode } from '../protocol-names.ts';
import { fromWire, toWire } from '../wire-values.ts';

/** Members of results that only the modern era has. */
const MODERN_MEMBERS = new Set(['resultType', 'ttlMs', 'cacheScope']);

/** A schema or a value that legacy clients cannot parse would cost them the whole answer: both must be objects there. */
const onlyObjects = (method: string, result: string): string => {
  if (method === 'tools/list' && result.includes('"outputSchema"')) {
    const list: unknown = fromWire(result);
    if (!isRecord(list) || !Array.isArray(list['tools'])) return result;
    const tools = list['tools'].map((tool: unknown) => {
      if (!isRecord(tool) || !isRecord(tool['outputSchema']) || tool['outputSchema']['type'] === 'object') return tool;
      const { outputSchema: _schema, ...others } = tool;
      return others;
    });
    return toWire({ ...list, tools });
  }
  const structured =
    method === 'tools/call' ? memberText(result, { start: 0, end: result.length }, 'structuredContent') : null;
  return structured === null || structured.startsWith('{')
    ? result
    : withoutMembers(result, { start: 0, end: result.length }, (name) => name === 'structuredContent');
};

const legacyError = (request: Envelope, answer: Envelope): string => {
  const error: unknown = answer.error ? fromWire(slice(answer.text, answer.error)) : {};
  if (!isRecord(error)) return answer.text;
  const { code, data } = error;
  const message = String(error['message']);
  const isMissing =
    request.method === 'resources/read' && code === RPC.INVALID_PARAMS && isRecord(data) && 'uri' in data;
  if (isMissing) return errorMessage(answer.id, RPC.RESOURCE_NOT_FOUND, message, data);
  return typeof code === 'number' && isModernCode(code)
    ? errorMessage(answer.id, RPC.INTERNAL, message, data)
    : answer.text;
};

/** The answer of a modern child to the request, as a legacy client expects it. */
export const legacyAnswer = (request: Envelope, answer: Envelope): string => {
  if (answer.result === null) return legacyError(request, answer);
  const { text, result } = answer;
  const type = memberText(text, result, 'resultType');
  if (type !== null && type !== '"complete"')
    return errorMessage(
      answer.id,
      RPC.INTERNAL,
      `The server's answer is of a kind that this protocol version does not have: ${type}.`,
    );
  const plain = withoutMembers(slice(text, result), { start: 0, end: result.end - result.start }, (name) =>
    MODERN_MEMBERS.has(name),
  );
  return text.slice(0, result.start) + onlyObjects(request.method ?? '', plain) + text.slice(result.end);
};
