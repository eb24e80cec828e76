import type { IncomingHttpHeaders } from 'node:http';

/**
 * Header values that repeat a part of the body (2026-07-28, value encoding): plain ASCII, or `=?base64?…?=` for
 * everything else.
 */

const PLAIN = /^[\t\x20-\x7e]*$/;
const ENCODED = /^=\?base64\?(.*)\?=$/;

/** The value in the wire's latin1, as the body has it; null if it is malformed. */
export const decodeHeader = (value: string): string | null => {
  if (!PLAIN.test(value)) return null;
  const encoded = ENCODED.exec(value)?.[1];
  if (encoded === undefined) return value;
  const bytes = Buffer.from(encoded, 'base64');
  // Decoding skips what is not base64, so only the one proper spelling counts.
  return bytes.toString('base64') === encoded ? bytes.toString('latin1') : null;
};

export const headerOf = (headers: IncomingHttpHeaders, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : null;
};
