import type { HostFailure } from '#deploy/host/contract.ts';
import type { createTokenCheck } from '#deploy/host/token.ts';
import type { SessionSeal } from './session-seal.ts';

/** A server that runs elsewhere, as one release reaches it. Holds secrets: lives in memory only. */
export type RemoteServer = {
  url: string;
  /** Compares the token of a request with the release's own, in constant time. */
  accepts: ReturnType<typeof createTokenCheck>;
  sessions: SessionSeal;
  /** The headers of every request, credentials included. @throws RefusedError where the owner has to sign in again */
  headers(): Promise<Record<string, string>>;
  /** After an answer of 401 or 403: other headers to try once, or the reason to tell. */
  refused(refusal: Refusal): Promise<{ headers: Record<string, string> } | { failure: RemoteFailure }>;
  /** Why no call can succeed until the owner signs in again; null while calls can. */
  findProblem(): Promise<RemoteFailure | null>;
};

export type RemoteFailure = Omit<HostFailure, 'at' | 'stderrTail'>;

/** An answer that refuses the credentials. */
export type Refusal = {
  status: number;
  wwwAuthenticate: string | string[] | undefined;
  /** The headers that were refused. */
  sent: Readonly<Record<string, string>>;
};

/** No request is sent: the reason is known before. */
export class RefusedError extends Error {
  readonly failure: RemoteFailure;
  constructor(failure: RemoteFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

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
