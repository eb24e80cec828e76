import type { EnvFinding } from '../finding.ts';
import type { ProseLine } from './markdown.ts';
import { defaultIn, TEXT_CHARACTERS_MAX, textOf, wording } from './wording.ts';

const NAME = /^(?:\d{1,3}\.)?_{0,2}([A-Z][A-Z0-9_]{0,78}[A-Z0-9])_{0,2}(?:=\S*)?$/;
/** Behind a name: the flag that does the same, or whether it is required. */
const BEHIND_NAME = /^(?:[/,|(]|or\b)?\s?[(/|]?(?:--?[A-Za-z]|[Rr]equired|[Oo]ptional|[Ss]ecret)/;
const CELL_CHARACTERS_MAX = 200;

/** The name in a cell that is a variable's name, perhaps with the flag that does the same: `NAME` / `--name`. */
function nameIn(cell: string): string | null {
  if (cell.length > CELL_CHARACTERS_MAX) return null;
  const [first = '', ...rest] = cell
    .replace(/^\d{1,3}\.\s/, '')
    .replace(/[`*"†]/g, ' ')
    .trim()
    .split(/\s+/);
  const name = NAME.exec(first.replace(/[/,|]$/, ''))?.[1] ?? null;
  return name !== null && (rest.length === 0 || BEHIND_NAME.test(rest.join(' '))) ? name : null;
}

const COLUMN = {
  name: /variable|env|name|setting|option|key|param|变量|參數|参数|変数|nombre|clave/i,
  required: /required|mandatory|必填|必须|必須|必需|requerid|obligatori|erforderlich|requis/i,
  fallback: /default|默认|預設|デフォルト|既定|defecto|standard|défaut/i,
  description: /description|purpose|what|meaning|notes?|details|说明|說明|描述|説明|descripci|beschreibung/i,
} as const;

const YES = /^(?:\W*(?:yes|true|required|✅|✓|✔|x|是|sí|si|はい|必須|ja|oui)\W*)(?!.*\b(?:if|when|for|unless)\b)/iu;
const NO = /^\W*(?:no|false|optional|❌|✗|-|–|否|いいえ|nein|non)?\W*$/iu;
const NO_DEFAULT = /^(?:not set|\(none\)|“”|无|無|なし|.*\bsee (?:below|above)\b.*)$/i;
/** Tables of results, errors and the like hold constants, not variables. */
const CONSTANTS = /\b(?:error|status|exit|result|event|reason)s?\b|\bcodes?\b|\bconstants?\b|\benum/i;
const ABOUT_VARIABLES = /\benv|variable|config|setting|option/i;

/** True for a name below a heading or in a column that is about error codes, events or other constants. */
export const isConstantOf = (headings: readonly string[], column: string): boolean => {
  // the title of a document is the name of a project
  const about = `${headings.length > 1 ? headings.at(-1) : ''} ${column}`;
  return CONSTANTS.test(about) && !ABOUT_VARIABLES.test(about);
};

/** The variable that a row of a table describes: its name stands in the first or second cell. */
export function variableOfRow({
  cells,
  columns,
  headings,
}: ProseLine): { name: string; found: Partial<EnvFinding> } | null {
  if (!cells || !columns || cells === columns) return null;
  // the name stands in the first or second cell
  const names = cells.slice(0, 2).map(nameIn);
  const candidates = names.flatMap((name, index) => (name ? [index] : []));
  // of two names in one row, the variable stands in the column that says so
  const at = candidates.find((index) => /env/i.test(columns[index] ?? '')) ?? candidates[0] ?? -1;
  const name = names[at];
  if (!name || isConstantOf(headings, columns[at] ?? '')) return null;
  // `NAME` in code style, or a table that says it is about variables
  if (!cells[at]?.includes('`') && !COLUMN.name.test(columns[at] ?? '')) return null;
  const column = (pattern: RegExp) =>
    (cells[columns.findIndex((title, index) => index !== at && pattern.test(title))] ?? '').slice(
      0,
      TEXT_CHARACTERS_MAX,
    );
  const required = column(COLUMN.required).slice(0, 60);
  const fallback = defaultIn(column(COLUMN.fallback));
  const description = textOf(
    column(COLUMN.description) || (cells.filter((_, index) => index > at).sort((a, b) => b.length - a.length)[0] ?? ''),
  );
  const found: Partial<EnvFinding> = {
    ...wording(cells.join(' '), name),
    ...(description ? { description } : {}),
  };
  if (YES.test(required)) found.requirement = 'LAZY';
  else if (NO.test(required) && required !== '') found.requirement = 'OPTIONAL';
  if (fallback && !NO_DEFAULT.test(fallback)) {
    found.default = fallback;
    found.requirement = 'OPTIONAL';
  }
  return { name, found };
}
