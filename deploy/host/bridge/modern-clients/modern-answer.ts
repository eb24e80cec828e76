import { isRecord } from '../../records.ts';
import { insertMembers, memberText, wholeOf } from '../json-edit.ts';
import { type Envelope, errorMessage, findMember, RPC, replaceSpan, type Span, slice } from '../json-rpc.ts';
import { isModernCode, SERVER_INFO } from '../protocol-names.ts';
import type { SessionPeer } from '../session.ts';
import { LEGACY_VERSIONS, MODERN_VERSION } from '../versions.ts';
import { fromWire, toWire } from '../wire-values.ts';

export const MISSING_CAPABILITY = -32021;
/** An error of the legacy era that the modern one forbids (2026-07-28, error codes). */
export const URL_ELICITATION_REQUIRED = -32042;

/** The revisions that a client may speak with the host. */
export const SUPPORTED_VERSIONS: readonly string[] = [MODERN_VERSION, ...LEGACY_VERSIONS];

/** Results that carry caching hints (2026-07-28, caching). A legacy server gives none: stale at once, and for one caller. */
const CACHEABLE = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);
const CACHE_HINTS = '"ttlMs":0,"cacheScope":"private",';

const names = new WeakMap<SessionPeer, string>();

/** A raw member for the `_meta` of results; empty if the server gave no name. */
export const serverInfoMeta = (peer: SessionPeer): string => {
  const known = names.get(peer);
  if (known !== undefined || peer.initializeResult === null) return known ?? '';
  const info = memberText(peer.initializeResult, wholeOf(peer.initializeResult), 'serverInfo');
  const meta = info === null ? '' : `"${SERVER_INFO}":${info}`;
  names.set(peer, meta);
  return meta;
};

/** Finds a member of a result. Most results have none of this name: spare them the walk. */
const find = (result: string, whole: Span, name: string): Span | null =>
  result.includes(`"${name}"`) ? findMember(result, whole, name) : null;

/** A result of a legacy child with the members that the modern era demands. `meta`: see `serverInfoMeta`. */
export const decorate = (method: string, result: string, meta: string): string => {
  const whole = wholeOf(result);
  if (result[whole.start] !== '{') return result;
  const metaAt = meta === '' ? null : find(result, whole, '_meta');
  const named = metaAt !== null && result[metaAt.start] === '{' ? insertMembers(result, metaAt, meta) : result;
  const members =
    (find(result, whole, 'resultType') === null ? '"resultType":"complete",' : '') +
    (CACHEABLE.has(method) ? CACHE_HINTS : '') +
    (metaAt === null && meta !== '' ? `"_meta":{${meta}},` : '');
  return members === '' ? named : insertMembers(named, wholeOf(named), members.slice(0, -1));
};

/** Answers `server/discover` from what the child answered to `initialize`. The tasks of both eras differ. */
export const discoverResult = (initializeResult: string): string => {
  const read: unknown = fromWire(initializeResult);
  const answer = isRecord(read) ? read : {};
  const { tasks: _tasks, ...capabilities } = isRecord(answer['capabilities']) ? answer['capabilities'] : {};
  return toWire({
    supportedVersions: SUPPORTED_VERSIONS,
    capabilities,
    ...(typeof answer['instructions'] === 'string' ? { instructions: answer['instructions'] } : {}),
  });
};

export type RpcError = { code: number; message: string; data?: unknown };

export const readError = (answer: Envelope): RpcError => {
  const error: unknown = answer.error ? fromWire(slice(answer.text, answer.error)) : null;
  const { code, message, data } = {
    code: undefined,
    message: undefined,
    data: undefined,
    ...(isRecord(error) ? error : {}),
  };
  return {
    code: typeof code === 'number' ? code : RPC.INTERNAL,
    message: typeof message === 'string' ? message : 'The server answered with an error.',
    ...(data === undefined ? {} : { data }),
  };
};

/** A child's error for the client's request `id`, under a code that the modern era allows it. */
export const modernError = (answer: Envelope, id: string): string => {
  const { code, message, data } = readError(answer);
  if (code === RPC.RESOURCE_NOT_FOUND) return errorMessage(id, RPC.INVALID_PARAMS, message, data);
  if (isModernCode(code)) return errorMessage(id, RPC.INTERNAL, message, data);
  return answer.idAt === null ? answer.text : replaceSpan(answer.text, answer.idAt, id);
};
