import type { Envelope } from '../json-rpc.ts';
import { eachMember } from '../json-text.ts';
import { LOG_LEVELS } from '../protocol-names.ts';

/** The requests of the legacy era that the modern one has dropped or redefined. */
const GONE =
  /^(initialize|ping|logging\/setLevel|resources\/(un)?subscribe|tasks\/.*|sampling\/.*|elicitation\/.*|roots\/.*)$/;

export const isGone = (method: string): boolean => GONE.test(method);

/** How verbose a level is: 0 is the most. -1 for an unknown level. */
export const rankOf = (level: unknown): number => (typeof level === 'string' ? LOG_LEVELS.indexOf(level) : -1);

const isInput = (name: string): boolean => name === 'inputResponses' || name === 'requestState';

/** The parts of a request of the modern era; raw JSON text. */
export type RequestParts = {
  /** The members of the params before and after `_meta`, without the input of further rounds. */
  before: string;
  after: string;
  /** Null if the params have none. */
  meta: string | null;
};

/** Takes the params of a request apart. Null if it has none, or if they are not an object. */
export const partsOf = ({ text, params }: Envelope): RequestParts | null => {
  if (params === null) return null;
  const parts: RequestParts = { before: '', after: '', meta: null };
  const end = eachMember(text, params.start, (name, start, stop) => {
    if (name === '_meta') parts.meta = text.slice(start, stop);
    else if (!isInput(name)) parts[parts.meta === null ? 'before' : 'after'] += `,"${name}":${text.slice(start, stop)}`;
  });
  return end === -1 ? null : parts;
};

/** The request for a legacy child. `meta`: what is left of its `_meta`, raw JSON text; empty for nothing. */
export const legacyRequest = (request: Envelope, { before, after }: RequestParts, meta: string): Envelope => {
  const { text, params, idAt } = request;
  if (params === null) return request;
  const members = `${before}${meta === '' ? '' : `,"_meta":${meta}`}${after}`;
  const by = `{${members.slice(1)}}`;
  const shift = by.length - (params.end - params.start);
  const isBehind = idAt !== null && idAt.start > params.start;
  return {
    ...request,
    text: text.slice(0, params.start) + by + text.slice(params.end),
    params: { start: params.start, end: params.end + shift },
    idAt: isBehind ? { start: idAt.start + shift, end: idAt.end + shift } : idAt,
  };
};
