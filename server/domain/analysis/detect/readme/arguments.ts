import type { FileSet } from '../../files/file-set.ts';
import type { FieldKind } from '../../result.ts';
import { type ArgumentFinding, evidenceOf } from '../finding.ts';
import { markdownOf, type ProseLine } from './markdown.ts';
import { defaultIn, TEXT_CHARACTERS_MAX, textOf, wording } from './wording.ts';

/** `--cdp-endpoint <endpoint>`, `-k, --api-key KEY`, `--fast` in the first cell of a row. */
const FLAG_CELL =
  /^[`*\s]{0,9}(?:-\w,\s{0,9})?(--[a-z][\w-]{0,79})(?:\[?[ =]{1,9}([<[]?[\w.|-]{1,79}[>\]]?(?:\.{3})?[>\]]?))?[`*]{0,4}\s{0,9}(?:,?\s{0,9}`?-\w`?)?\s{0,9}$/i;
const ROWS_MIN = 3;
/** A README, and the document about options that a README of many pages leads to. */
const WITH_OPTIONS =
  /(?:^|\/)(?:readme|(?:docs?\/)?(?:configuration|config|settings|options|flags|arguments|usage))\.mdx?$/i;
/** A flag alone in its cell is a switch where its description says what happens, and takes a value where it names one. */
const SWITCH_WORDS =
  /^(?:enables?|disables?|runs?|starts?|shows?|prints?|skips?|allows?|forces?|uses?|turns?|do(?:es)? not|don't|never|always|ignores?|hides?|includes?|excludes?|opens?|keeps?|adds?|makes?|only|whether|if (?:set|given|present)|when (?:set|given)|read-?only|verbose|debug|headless)\b/i;
const COLUMN = { fallback: /default/i, type: /^type$/i, required: /required|mandatory/i } as const;
const HTTP = /^--?(?:port|host|http|sse|allowed-hosts|allowed-origins|cors[\w-]*)$/i;

/** A short spelling beside the flag: `-k, --api-key`, `--api-key`, `-k`. */
const SHORT = /(?:^|[\s,`(])(-[a-z])(?=$|[\s,`)])/i;

/** The cell with the flag: the first, or the second of a table whose first column is for people. */
const flagCell = ({ cells, columns }: ProseLine): string => {
  if (!cells || !columns || cells === columns) return '';
  return cells.slice(0, 2).find((cell) => FLAG_CELL.test(cell)) ?? '';
};

/** The flag that a row of a table describes. */
export const flagOfRow = (line: ProseLine): string | null => FLAG_CELL.exec(flagCell(line))?.[1] ?? null;

const cellOf = ({ cells, columns }: ProseLine, title: RegExp): string =>
  cells?.[columns?.findIndex((column) => title.test(column)) ?? -1] ?? '';

/** The text of the cells behind the flag, without the variable that does the same. */
export const aboutRow = ({ cells, columns }: ProseLine): string =>
  textOf(
    (cells ?? [])
      .filter(
        (cell, at) =>
          at > 0 && !FLAG_CELL.test(cell) && !Object.values(COLUMN).some((title) => title.test(columns?.[at] ?? '')),
      )
      .join(' ')
      .slice(0, TEXT_CHARACTERS_MAX)
      .replace(/(?:<br\s{0,9}\/?>)?\s{0,9}\*?\(?env\)?\*?:?\s{0,9}`[A-Z][A-Z0-9_]{1,79}`/gi, ''),
  );

/** Reads the kind of a flag from its row: the value beside the flag, a type, a default, or the first words about it. */
function kindOf(line: ProseLine, flag: string, valued: ReadonlySet<string>, isValueShown: boolean): FieldKind {
  const fallback = defaultIn(cellOf(line, COLUMN.fallback));
  const type = cellOf(line, COLUMN.type).replace(/[`*]/g, '').trim();
  if (/^(?:bool(?:ean)?|flag|switch)$/i.test(type)) return 'BOOLEAN';
  if (/^(?:number|int(?:eger)?|float)$/i.test(type)) return 'NUMBER';
  if (FLAG_CELL.exec(flagCell(line))?.[2] !== undefined || valued.has(flag) || type !== '') return 'TEXT';
  if (fallback !== null) return /^(?:true|false|on|off|yes|no)$/i.test(fallback) ? 'BOOLEAN' : 'TEXT';
  // a table that shows the values of other flags would show this one's too
  return isValueShown || SWITCH_WORDS.test(aboutRow(line)) ? 'BOOLEAN' : 'TEXT';
}

/**
 * Options in the tables of a README. A table with fewer than three of them is about something else. `valued` are flags
 * that launches in the documents give a value.
 */
export function detectReadmeArguments(set: FileSet, valued: ReadonlySet<string> = new Set()): ArgumentFinding[] {
  return set.files.flatMap((file) => {
    if (!WITH_OPTIONS.test(file.path)) return [];
    const rows = markdownOf(file).lines.flatMap((line) => {
      const flag = flagOfRow(line);
      return flag === null || /^--(?:help|version)$/.test(flag) ? [] : [{ line, flag }];
    });
    return [...Map.groupBy(rows, ({ line }) => line.columns).values()]
      .filter((table) => table.length >= ROWS_MIN)
      .flatMap((table) => {
        const isValueShown = table.some(({ line }) => FLAG_CELL.exec(flagCell(line))?.[2] !== undefined);
        return table.map((row) => ({ ...row, kind: kindOf(row.line, row.flag, valued, isValueShown) }));
      })
      .map(({ line, flag, kind }): ArgumentFinding => {
        const description = aboutRow(line);
        const fallback = kind === 'BOOLEAN' ? null : defaultIn(cellOf(line, COLUMN.fallback));
        const words = line.cells?.join(' ') ?? '';
        const short = SHORT.exec(flagCell(line))?.[1];
        const isRequired =
          kind !== 'BOOLEAN' &&
          fallback === null &&
          /^\W*(?:yes|true|required|✅|✓|✔)\W*$/iu.test(cellOf(line, COLUMN.required));
        const isBound =
          HTTP.test(flag) && (!/^--host$/i.test(flag) || /\b(?:bind|listen|http|server|serve)/i.test(words));
        return {
          flag,
          name: flag.slice(2),
          evidence: evidenceOf('README', file.path, line.line, line.headings.at(-1) ?? null),
          ...(description ? { description } : {}),
          kind,
          ...(short ? { aliases: [short] } : {}),
          ...(isRequired ? { required: true } : {}),
          ...(fallback === null ? {} : { default: fallback }),
          ...(wording(words).scope === 'http' || isBound ? { scope: 'http' as const } : {}),
        };
      });
  });
}
