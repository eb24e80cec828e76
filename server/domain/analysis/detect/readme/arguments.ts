import type { FileSet } from '../../files/file-set.ts';
import { type ArgumentFinding, evidenceOf } from '../finding.ts';
import { markdownOf, type ProseLine } from './markdown.ts';
import { TEXT_CHARACTERS_MAX, textOf, wording } from './wording.ts';

/** `--cdp-endpoint <endpoint>`, `-k, --api-key KEY`, `--fast` in the first cell of a row. */
const FLAG_CELL =
  /^[`*\s]{0,9}(?:-\w,\s{0,9})?(--[a-z][\w-]{0,79})(?:[ =]{1,9}([<[]?[\w.|-]{1,79}[>\]]?(?:\.{3})?[>\]]?))?[`*]{0,4}\s{0,9}(?:,?\s{0,9}`?-\w`?)?\s{0,9}$/i;
const ROWS_MIN = 3;
const HTTP = /^--?(?:port|host|http|sse|allowed-hosts|allowed-origins|cors[\w-]*)$/i;

/** The flag that a row of a table describes. */
export const flagOfRow = ({ cells, columns }: ProseLine): string | null =>
  cells && columns && cells !== columns ? (FLAG_CELL.exec(cells[0] ?? '')?.[1] ?? null) : null;

/** The text of the cells behind the flag, without the variable that does the same. */
export const aboutRow = ({ cells }: ProseLine): string =>
  textOf(
    (cells ?? [])
      .slice(1)
      .join(' ')
      .slice(0, TEXT_CHARACTERS_MAX)
      .replace(/(?:<br\s{0,9}\/?>)?\s{0,9}\*?\(?env\)?\*?:?\s{0,9}`[A-Z][A-Z0-9_]{1,79}`/gi, ''),
  );

/** Options in the tables of a README. A table with fewer than three of them is about something else. */
export function detectReadmeArguments(set: FileSet): ArgumentFinding[] {
  return set.files.flatMap((file) => {
    if (!/(?:^|\/)readme\.mdx?$/i.test(file.path)) return [];
    const rows = markdownOf(file).lines.flatMap((line) => {
      const flag = flagOfRow(line);
      return flag === null || /^--(?:help|version)$/.test(flag) ? [] : [{ line, flag }];
    });
    return [...Map.groupBy(rows, ({ line }) => line.columns).values()]
      .filter((table) => table.length >= ROWS_MIN)
      .flat()
      .map(({ line, flag }): ArgumentFinding => {
        const value = FLAG_CELL.exec(line.cells?.[0] ?? '')?.[2];
        const description = aboutRow(line);
        return {
          flag,
          name: flag.slice(2),
          evidence: evidenceOf('README', file.path, line.line, line.headings.at(-1) ?? null),
          ...(description ? { description } : {}),
          ...(value === undefined ? { kind: 'BOOLEAN' as const } : { kind: 'TEXT' as const }),
          ...(wording(line.cells?.join(' ') ?? '').scope === 'http' || HTTP.test(flag)
            ? { scope: 'http' as const }
            : {}),
        };
      });
  });
}
