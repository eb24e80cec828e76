import type { IncomingHttpHeaders } from 'node:http';
import { META, type Message, MODERN_VERSION, recordIn } from './messages.ts';

const ENCODED = /^=\?base64\?(.*)\?=$/;

const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** The text of a header that repeats a part of the body (2026-07-28, value encoding); null if it is malformed. */
function decoded(value: string): string | null {
  const encoded = ENCODED.exec(value)?.[1];
  if (encoded === undefined) return value;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes.toString() : null;
}

/**
 * Compares what the headers of a modern request say with its body. Names change on the way to a member, and with them the
 * header, so that the member can no longer see a difference. Returns the reason against the request.
 */
export function checkHeaders(headers: IncomingHttpHeaders, message: Message): string | null {
  const params = recordIn(message, 'params');
  const { method } = message;
  const claims: [name: string, expected: unknown][] = [
    ['mcp-protocol-version', MODERN_VERSION],
    ['mcp-method', method],
  ];
  const namedBy = NAMED_BY[String(method)];
  if (namedBy !== undefined) claims.push(['mcp-name', params[namedBy]]);
  for (const [name, expected] of claims) {
    const value = headers[name];
    if (typeof value !== 'string' || decoded(value.trim()) !== expected)
      return `The header ${name} is missing, or disagrees with the body.`;
  }
  const claimed = recordIn(params, '_meta')[`${META}protocolVersion`];
  return claimed === MODERN_VERSION ? null : 'The header mcp-protocol-version disagrees with the body.';
}
