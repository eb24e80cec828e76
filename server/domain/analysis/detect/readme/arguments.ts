import type { FileSet } from '../../files/file-set.ts';
import { type ArgumentFinding, evidenceOf } from '../finding.ts';
import { type ProseLine, readMarkdown } from './markdown.ts';
import { textOf, wording } from './wording.ts';

/** `--cdp-endpoint <endpoint>`, `-k, --api-key KEY`, `--fast` in the first cell of a row. */
const FLAG_CELL =
  /^[`*\s]*(?:-\w,\s*)?(--[a-z][\w-]*)(?:[ =]+([<[]?[\w.|-]+[>\]]?(?:\.{3})?[>\]]?))?[`*\s]*(?:,?\s*`?-\w`?)?\s*$/i;
const ROWS_MIN = 3;
const HTTP = /^--?(?:port|host|http|sse|allowed-hosts|allowed-origins|cors[\w-]*)$/i;

/** The flag that a row of a table describes. */
export const flagOfRow = ({ cells, columns }: ProseLine): string | null =>
  cells && columns && cells !== columns ? (FLAG_CELL.exec(cells[0] ?? '')?.[1] ?? null) : null;

/** What the cells behind the flag say, without the variable that does the same. */
export const aboutRow = ({ cells }: ProseLine): string =>
  textOf(
    (cells ?? [])
      .slice(1)
      .join(' ')
      .replace(/(?:<br\s*\/?>)?\s*\*?\(?env\)?\*?:?\s*`[A-Z][A-Z0-9_]+`/gi, ''),
  );

/** Options as a README's table lists them; fewer than three rows are somebody else's. */
export function detectReadmeArguments(set: FileSet): ArgumentFinding[] {
  return set.files.flatMap((file) => {
    if (!/(?:^|\/)readme\.mdx?$/i.test(file.path)) return [];
    const rows = readMarkdown(file.text).lines.flatMap((line) => {
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
