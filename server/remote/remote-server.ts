import type { createTokenCheck } from '#deploy/host/token.ts';
import type { SessionSeal } from './session-seal.ts';

/** A server that runs elsewhere, as one release reaches it. Holds secrets: lives in memory only. */
export type RemoteServer = {
  url: string;
  /** Compares the token of a request with the release's own, in constant time. */
  accepts: ReturnType<typeof createTokenCheck>;
  sessions: SessionSeal;
  /** The headers of every request, credentials included. */
  headers(): Promise<Record<string, string>>;
  /** The variables behind the headers, for a message about credentials that were refused. */
  variables: string[];
};

/** A token that was pasted without the word before it. */
const BARE_TOKEN = /^[^\s:]+$/;
const AUTHORIZATION = /^authorization$/i;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Line breaks would begin another header; everything that is not latin1 cannot be sent. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Puts the values of the variables into the headers. A header without a value is left out. */
export const headersFrom = (
  headers: readonly { name: string; variable: string }[],
  values: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    headers.flatMap(({ name, variable }) => {
      const value = (values[variable] ?? '').trim();
      if (value === '' || !HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) return [];
      return [[name.toLowerCase(), AUTHORIZATION.test(name) && BARE_TOKEN.test(value) ? `Bearer ${value}` : value]];
    }),
  );
