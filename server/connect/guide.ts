import { isLocalUrl, type Target } from './endpoint.ts';
import type { LimitKey } from './limits.ts';

export type SnippetLanguage = 'sh' | 'json' | 'toml' | 'yaml' | 'ts' | null;

/** A text to copy. */
export type Snippet = {
  label: string;
  code: string;
  language: SnippetLanguage;
  caption?: string;
  wrap?: boolean;
};

/**
 * The page that describes the client, and the day on which the guide was last compared with that page or run with the
 * client itself (`npm run interop`); null where neither was possible.
 */
export type GuideSource = { url: string; checked: string | null };

/** The instructions for one client. */
export type ClientGuide = {
  key: string;
  label: string;
  /** An editor or app for people, a program for a terminal, a library for programs, or the HTTP API of a model. */
  kind: 'app' | 'terminal' | 'library' | 'api' | 'other';
  /** The instructions, in one or two sentences. */
  steps: string;
  /** The first one is the usual way. */
  snippets: Snippet[];
  /** A link that opens the client with the endpoint filled in. */
  deepLink?: { label: string; href: string };
  /** The client runs in a cloud, which cannot reach an address of this computer. */
  isCloud?: boolean;
  /** Matches the name by which the client introduces itself to the server; absent where it has none of its own. */
  announces?: RegExp;
  source: GuideSource;
};

/** A guide with what a person should know about the client beforehand. */
export type KnownClient = ClientGuide & { limits: readonly LimitKey[] };

export const CONSENT = 'Your browser opens; click Allow.';

export const json = (value: unknown): string => JSON.stringify(value, null, 2);

export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A command line to paste. */
export const command = (code: string): Snippet => ({ label: 'command', language: 'sh', wrap: true, code });

/** Ends the instructions where the client asks a person to sign in. */
export const withConsent = (steps: string, { access }: Pick<Target, 'access'>): string =>
  access === 'OAUTH' ? `${steps} ${CONSENT}` : steps;

/** The header of each request as an option of a command line, after a space; empty where none is sent. */
export const headerOption = (authorization: string | null): string =>
  authorization === null ? '' : ` --header "Authorization: ${authorization}"`;

/** The value that a program without a browser sends, under OAuth too; null for a public endpoint. */
export const bearerOf = ({ access, bearer }: Target): string | null => (access === 'PUBLIC' ? null : bearer);

/** Tells a person that a client in a cloud cannot reach the endpoint; null if it can. */
export const outOfReach = (client: string, url: string): string | null =>
  isLocalUrl(url)
    ? `${client} runs in a cloud and can’t reach this computer. Set a public address for Catwalk first (PUBLIC_URL), or connect a client on this computer.`
    : null;

/** The instructions for an app in a cloud, which signs in by OAuth and sends no fixed token. */
export function cloudSteps(client: string, where: string, { url, access }: Target): string {
  const unreachable = outOfReach(client, url);
  if (unreachable !== null) return unreachable;
  if (access === 'TOKEN') {
    return `${client} can’t send a fixed token. Set the access of this deployment to OAuth, then: ${where}`;
  }
  return withConsent(where, { access });
}
