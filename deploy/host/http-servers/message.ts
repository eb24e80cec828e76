import { decodeHeader } from '../bridge/header-values.ts';
import { type Envelope, findMember, scan, slice } from '../bridge/json-rpc.ts';
import { fromWire } from '../bridge/wire-values.ts';
import { isRecord, isText } from '../records.ts';

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** A JSON-RPC message of the host on its way to the server, as latin1 text. */
export type Message = {
  text: string;
  /** Raw JSON; null for a notification. */
  id: string | null;
  /** Null for an answer to a request of the server. */
  method: string | null;
  /** The revision that a message of the stateless era names; null in the legacy era. */
  modernVersion: string | null;
  /** The tool, prompt or resource that a message of the stateless era is about. */
  subject: string | null;
};

/** `"initialize"` as it stands in JSON → initialize. */
const plain = (text: string | null): string | null => (text === null ? null : String(fromWire(text)));

const subjectOf = (params: unknown): string | null => {
  if (!isRecord(params)) return null;
  const subject = params['name'] ?? params['uri'];
  return isText(subject) ? subject : null;
};

/** Reads a line of the host; null for a line that is not a message. */
export const readMessage = (text: string): Message | null => {
  const envelope: Envelope | null = scan(text);
  if (envelope === null) return null;
  const meta = findMember(text, envelope.params, '_meta');
  const version = findMember(text, meta, VERSION_KEY);
  const params = version === null || envelope.params === null ? null : slice(text, envelope.params);
  return {
    text,
    id: envelope.id,
    method: envelope.method,
    modernVersion: version === null ? null : plain(slice(text, version)),
    subject: params === null ? null : subjectOf(fromWire(params)),
  };
};

/** A value as a header carries it (2026-07-28, value encoding). */
const encodeHeader = (value: string): string => {
  const isPlain = decodeHeader(value) === value && value === value.trim();
  return isPlain ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
};

/** The headers that repeat a part of a message in the stateless era; none in the legacy era. */
export const modernHeaders = ({ modernVersion, method, subject }: Message): Record<string, string> =>
  modernVersion === null
    ? {}
    : {
        'mcp-protocol-version': modernVersion,
        ...(method === null ? {} : { 'mcp-method': method }),
        ...(subject === null ? {} : { 'mcp-name': encodeHeader(subject) }),
      };
