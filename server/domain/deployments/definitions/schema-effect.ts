/**
 * What a changed schema means for a call that fits the schema before. NARROWED: such a call may be refused now, or a
 * change that is not understood. WIDENED: each such call still fits. WORDING: only texts for readers differ.
 */
export type SchemaEffect = 'NARROWED' | 'WIDENED' | 'WORDING';

/** One difference of two schemas. `at` is a JSON pointer (RFC 6901) into the schema; `text` is a sentence. */
export type SchemaDifference = { effect: SchemaEffect; at: string; text: string };

/** `before` and `after` are texts of a schema that models read. */
export type SchemaWording = { at: string; before: string | null; after: string | null };

export type SchemaComparison = { differences: SchemaDifference[]; wordings: SchemaWording[] };

/** Keywords of JSON Schema (2020-12) that constrain nothing and are read by people and models. */
export const READ_KEYWORDS: ReadonlySet<string> = new Set(['title', 'description', 'examples', '$comment']);

/** Keywords that neither constrain a value nor are read: the dialect, and definitions that only references use. */
export const SILENT_KEYWORDS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$defs',
  'definitions',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** Shows a value of a schema in a sentence. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
};

const SHOWN_CHARACTERS_MAX = 80;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Appends a name to a JSON pointer. */
export const below = (at: string, name: string | number): string =>
  `${at}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
