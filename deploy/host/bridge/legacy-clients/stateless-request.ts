import { insertMembers, wholeOf, withoutMembers } from '../json-edit.ts';
import { type Envelope, findMember, scan } from '../json-rpc.ts';
import { META_PREFIX, repeatsHandshake } from '../protocol-names.ts';
import { MODERN_VERSION } from '../versions.ts';
import { toWire } from '../wire-values.ts';

/** Members of the `_meta` with which the modern era repeats a client's handshake on each request; raw JSON text. */
export const clientMeta = (client: { info: unknown; capabilities: unknown }): string => {
  const info = client.info === undefined ? '' : `,"${META_PREFIX}clientInfo":${toWire(client.info)}`;
  return (
    `"${META_PREFIX}protocolVersion":"${MODERN_VERSION}"${info},` +
    `"${META_PREFIX}clientCapabilities":${toWire(client.capabilities)}`
  );
};

export const logLevelMeta = (level: string): string => `"${META_PREFIX}logLevel":${toWire(level)}`;

/** The request with `meta` (raw members) in its `_meta`; null if its `params` are not an object. */
export const withMeta = (request: Envelope, meta: string): Envelope | null => {
  const { text, params } = request;
  if (params === null) return scan(insertMembers(text, wholeOf(text), `"params":{"_meta":{${meta}}}`));
  if (text[params.start] !== '{') return null;
  const metaAt = findMember(text, params, '_meta');
  if (metaAt === null) return scan(insertMembers(text, params, `"_meta":{${meta}}`));
  if (text[metaAt.start] !== '{') return null;
  const added = insertMembers(text, metaAt, meta);
  if (!text.includes(META_PREFIX)) return scan(added);
  // The host alone speaks for the client: members of the same name would win over those that stand before them.
  const cleaned = withoutMembers(text, metaAt, repeatsHandshake);
  const cleanedAt = { start: metaAt.start, end: metaAt.end - (text.length - cleaned.length) };
  return scan(insertMembers(cleaned, cleanedAt, meta));
};

/** The request again, with the answers to what the server required for it. */
export const withInput = (request: Envelope, responses: string | null, state: string | null): Envelope | null => {
  const members = [
    ...(responses === null ? [] : [`"inputResponses":${responses}`]),
    ...(state === null ? [] : [`"requestState":${state}`]),
  ];
  return request.params === null || members.length === 0
    ? request
    : scan(insertMembers(request.text, request.params, members.join(',')));
};
