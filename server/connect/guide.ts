export type SnippetLanguage = 'sh' | 'json' | 'toml' | 'yaml' | 'ts' | null;

/** A text to copy. */
export type Snippet = {
  label: string;
  code: string;
  language: SnippetLanguage;
  caption?: string;
  wrap?: boolean;
};

/** The instructions for one client. */
export type ClientGuide = {
  key: string;
  label: string;
  /** An editor or app for people, a program for a terminal, or a library for programs. */
  kind: 'app' | 'terminal' | 'library' | 'other';
  /** The instructions, in one or two sentences. */
  steps: string;
  snippets: Snippet[];
  /** A link that opens the client with the endpoint filled in. */
  deepLink?: { label: string; href: string };
};

export const CONSENT = 'Your browser opens; click Allow.';

export const json = (value: unknown): string => JSON.stringify(value, null, 2);

export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
