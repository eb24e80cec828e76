import type { Evidence, EvidenceKind, FieldKind, Requirement } from '../result.ts';

/** The part of a program that a variable matters to: the stdio server, only its HTTP mode, or something else. */
export type Scope = 'stdio' | 'http' | 'other';

/** One place that says something about an environment variable. */
export type EnvFinding = {
  name: string;
  evidence: Evidence;
  description?: string;
  requirement?: Requirement;
  secret?: boolean;
  kind?: FieldKind;
  default?: string;
  choices?: string[];
  pattern?: string;
  helpUrl?: string;
  /** Names that can stand in for each other, this one included. */
  alternatives?: string[];
  scope?: Scope;
  /** An example value, such as `fc-YOUR_KEY` or `/path/to/file.json`. */
  example?: string;
  /** No start for stdio comes by a place that reads it. */
  isOfOtherMode?: boolean;
  /** The variable that is of no use without this one: a token and the address that it belongs to. */
  companionOf?: string;
  /** It is set in a launch configuration for this very server. */
  inLaunch?: boolean;
  /** An entry of a list in a document, whose words say nothing of settings: perhaps a category or a code. */
  isVague?: boolean;
  /** A file of settings in a document, such as `.env`, sets it. */
  inSettings?: boolean;
};

/** One place that says something about a command-line argument. */
export type ArgumentFinding = {
  /** `--api-key`; null for a positional one. */
  flag: string | null;
  name: string;
  evidence: Evidence;
  description?: string;
  kind?: FieldKind;
  required?: boolean;
  /** Every launch of the documents gives it: usually needed. */
  usual?: boolean;
  repeated?: boolean;
  default?: string;
  choices?: string[];
  scope?: Scope;
  /** The subcommand whose option it is; absent for options of the program itself. */
  command?: string;
  /** The variable that sets the same. */
  variable?: string;
  /** Other spellings of the flag, such as `-k`. */
  aliases?: string[];
};

export const evidenceOf = (
  kind: EvidenceKind,
  file: string | null,
  line: number | null,
  note: string | null = null,
): Evidence => ({
  kind,
  file,
  line,
  note,
});

/** Evidence in a bundle, whose reads may be those of the libraries inside. */
export const IN_BUNDLE = 'in a bundle, perhaps read by a library';

/** The name of a variable: upper case, as every shell and every server writes it. */
export const ENV_NAME = /^[A-Z][A-Z0-9_]{1,79}$/;

/** "your" in other languages, at the beginning of a word: `votre_jeton`, `dein-token`. */
const YOURS = /(?:^|[^a-z])(?:votre|vos|deine?|ihre?|euer|tuo|tua|seu|sua|jouw|twoj)[-_ ]/i;

/** `YOUR_API_KEY`, `<token>`, `sk-…`, `xxx`: not a value that works. */
export const isPlaceholder = (value: string): boolean =>
  value === '' ||
  YOURS.test(value) ||
  /^<.*>$|^\[.*\]$|^\$\{?.*\}?$|^\{\{.*\}\}$|^x{3,}|\.{3}|…|^\*+$/i.test(value) ||
  /your|replace|change[-_ ]?me|example|placeholder|insert|paste|api[-_ ]?key|token here|secret|password|path\/to|username/i.test(
    value,
  );
