import { isRecord } from '../../records.ts';
import { withoutMembers } from '../json-edit.ts';
import { type Envelope, findMember, rawToWire, scan } from '../json-rpc.ts';
import { NEWEST_LEGACY_VERSION } from '../versions.ts';

const PREFIX = 'io.modelcontextprotocol/';
const PROTOCOL_META = /^io\.modelcontextprotocol\/(protocolVersion|clientInfo|clientCapabilities|logLevel)$/;
const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';
export const LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/** The requests of the legacy era that the modern one has dropped or redefined. */
const GONE =
  /^(initialize|ping|logging\/setLevel|resources\/(un)?subscribe|tasks\/.*|sampling\/.*|elicitation\/.*|roots\/.*)$/;

export const isGone = (method: string): boolean => GONE.test(method);

/** A request's own account of its client, which the modern era repeats on each request. Parsed as it came. */
export type Terms = { info: unknown; capabilities: Record<string, unknown>; logLevel: unknown };

export const readTerms = (body: Record<string, unknown>): Terms => {
  const params = isRecord(body['params']) ? body['params'] : {};
  const meta = isRecord(params['_meta']) ? params['_meta'] : {};
  const capabilities = meta[`${PREFIX}clientCapabilities`];
  return {
    info: meta[`${PREFIX}clientInfo`],
    capabilities: isRecord(capabilities) ? capabilities : {},
    logLevel: meta[`${PREFIX}logLevel`],
  };
};

/** How verbose a level is: 0 is the most. -1 for an unknown level. */
export const rankOf = (level: unknown): number => (typeof level === 'string' ? LEVELS.indexOf(level) : -1);

/** The `initialize` of a client that speaks the modern era, for a child that does not. */
export const initializeOf = ({ info, capabilities: declared }: Terms): string => {
  const { extensions, ...capabilities } = declared;
  const { [TASKS_EXTENSION]: _tasks, ...others } = isRecord(extensions) ? extensions : {};
  return `{"jsonrpc":"2.0","id":0,"method":"initialize","params":${rawToWire({
    protocolVersion: NEWEST_LEGACY_VERSION,
    capabilities: Object.keys(others).length === 0 ? capabilities : { ...capabilities, extensions: others },
    clientInfo: info ?? { name: 'unknown', version: '0' },
  })}}`;
};

const isInput = (name: string): boolean => name === 'inputResponses' || name === 'requestState';

/** The request without the metadata and the input of the modern era. */
export const withoutModern = (request: Envelope): Envelope | null => {
  const { text, params } = request;
  const metaAt = findMember(text, params, '_meta');
  if (params === null || metaAt === null) return request;
  const cleaned = withoutMembers(text, metaAt, (name) => PROTOCOL_META.test(name));
  const isEmpty = cleaned.startsWith('{}', metaAt.start);
  const params2 = { start: params.start, end: params.end - (text.length - cleaned.length) };
  return scan(withoutMembers(cleaned, params2, (name) => isInput(name) || (isEmpty && name === '_meta')));
};
