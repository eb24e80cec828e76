import { scan, slice } from '../bridge/json-rpc.ts';
import { fromWire } from '../bridge/wire-values.ts';
import type { CallBodies } from '../call-contract.ts';
import { withoutSecretShapes } from './secret-shapes.ts';

const BODY_BYTES_MAX = 16 * 1024;
/** Longer ones would hold up the calls of others while they are parsed. */
const PARSED_BYTES_MAX = 1024 * 1024;
/** Deeper than what servers answer; a deeper value is not worth its way through it. */
const DEPTH_MAX = 100;

/** Takes known values and what looks like a secret out of every string, number and name in a value. */
const redacted = (value: unknown, redact: (text: string) => string, depth = 0): unknown => {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return redact(String(value)) === String(value) ? value : '[redacted]';
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return '[not recorded: too deep]';
  if (Array.isArray(value)) return value.map((one) => redacted(one, redact, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [redact(name), redacted(one, redact, depth + 1)]),
  );
};

const cut = (text: string): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= BODY_BYTES_MAX) return text;
  let end = BODY_BYTES_MAX;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1; // not within a character
  return `${bytes.toString('utf8', 0, end)}…`;
};

export type BodyReader = {
  /** A JSON value as it stands in a message, as it may leave the machine. */
  read(wire: string): string;
  /** The result or the error of an answer. */
  readAnswer(message: string): string | null;
};

/**
 * Reads arguments and results for the log of calls. Values are redacted before they are cut, in their decoded form: no
 * escape of JSON hides a secret, and no cut leaves a half of one.
 */
export const createBodyReader = (redact: (text: string) => string): BodyReader => {
  const clean = (text: string) => withoutSecretShapes(redact(text));
  const read = (wire: string): string =>
    wire.length > PARSED_BYTES_MAX
      ? `[not recorded: ${wire.length} bytes]`
      : cut(JSON.stringify(redacted(fromWire(wire), clean)));
  return {
    read,
    readAnswer: (message) => {
      const answer = scan(message);
      const at = answer?.result ?? answer?.error ?? null;
      return at === null ? null : read(slice(message, at));
    },
  };
};

export const sizeOfBodies = ({ arguments: given, result }: CallBodies): number =>
  (given?.length ?? 0) + (result?.length ?? 0);
