/** A fenced block; `line` is that of its first content line, counted from 1, `lead` the paragraph right above it. */
export type CodeBlock = { language: string; text: string; line: number; headings: string[]; lead: string };

/** A line of prose, a bullet, or a table row, with the headings above it. */
export type ProseLine = {
  text: string;
  line: number;
  headings: string[];
  cells: string[] | null;
  columns: string[] | null;
};

export type Markdown = { blocks: CodeBlock[]; lines: ProseLine[] };

const FENCE = /^\s*(?:>\s*)?(`{3,}|~{3,})\s*\{?\.?([\w+-]*)/;
const cellsOf = (text: string): string[] =>
  text
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

const CELL = /<t[hd](?:\s[^>]*)?>([\s\S]*?)(?=<\/?t[hdr]\b|$)/gi;
/** The cells of one row of an HTML table, with `<code>` as Markdown writes it. */
const htmlCells = (row: string): string[] =>
  [...row.matchAll(CELL)].map((cell) =>
    (cell[1] ?? '')
      .replace(/<\/?(?:code|kbd|pre)[^>]*>/gi, '`')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );

/** Rows of an HTML table, each at the line where it begins. */
function htmlRows(rows: readonly string[], start: number, headings: string[]): { lines: ProseLine[]; end: number } {
  const lines: ProseLine[] = [];
  let columns: string[] | null = null;
  let row = '';
  let at = start;
  let from = start;
  const push = () => {
    const cells = htmlCells(row);
    if (cells.length > 0) {
      columns ??= cells;
      lines.push({ text: row.replace(/\s+/g, ' '), line: from + 1, headings, cells, columns });
    }
    row = '';
  };
  for (; at < rows.length; at++) {
    for (const part of (rows[at] ?? '').split(/(?=<tr\b)/i)) {
      if (/^<tr\b/i.test(part)) {
        push();
        from = at;
      }
      row += `${part}\n`;
    }
    if (/<\/table>/i.test(rows[at] ?? '')) break;
  }
  push();
  return { lines, end: at };
}

const LEAD_LINES_MAX = 6;

function paragraphAbove(rows: readonly string[], fence: number): string {
  let end = fence;
  while (end > 0 && (rows[end - 1] ?? '').trim() === '') end--;
  let start = end;
  while (start > 0 && end - start < LEAD_LINES_MAX && (rows[start - 1] ?? '').trim() !== '') start--;
  return rows.slice(start, end).join(' ');
}

/** Splits a Markdown text into code blocks, tables and lines; of HTML only headings, summaries and tables are read. */
export function readMarkdown(text: string): Markdown {
  const blocks: CodeBlock[] = [];
  const lines: ProseLine[] = [];
  const trail: { level: number; title: string }[] = [];
  const titles = () => trail.map((heading) => heading.title);
  const rows = text.split(/\r?\n/);
  let columns: string[] | null = null;

  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? '';
    const fence = FENCE.exec(row);
    if (fence?.[1]) {
      const marker = fence[1];
      const start = at + 1;
      while (++at < rows.length && !(rows[at] ?? '').trim().replace(/^>\s*/, '').startsWith(marker)) {
        // up to the closing fence, or the end of the text
      }
      const content = rows.slice(start, at).map((line) => (/^\s*>/.test(row) ? line.replace(/^\s*>\s?/, '') : line));
      blocks.push({
        language: (fence[2] ?? '').toLowerCase(),
        text: content.join('\n'),
        line: start + 1,
        headings: titles(),
        lead: paragraphAbove(rows, start - 1),
      });
      columns = null;
      continue;
    }
    const heading =
      /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(row) ??
      /<h([1-6])[^>]*>(.*?)<\/h/.exec(row) ??
      /<summary[^>]*>(.*)/.exec(row);
    if (heading) {
      const isSummary = heading.length === 2;
      const level = isSummary ? 7 : heading[1]?.startsWith('#') ? heading[1].length : Number(heading[1]);
      while ((trail.at(-1)?.level ?? 0) >= level) trail.pop();
      trail.push({ level, title: (isSummary ? heading[1] : heading[2])?.replace(/<[^>]+>/g, '') ?? '' });
    }
    if (/<\/details>/.test(row)) while ((trail.at(-1)?.level ?? 0) >= 7) trail.pop();
    if (/<table\b/i.test(row) && rows.slice(at, at + 400).some((one) => /<\/table>/i.test(one))) {
      const table = htmlRows(rows, at, titles());
      lines.push(...table.lines);
      at = table.end;
      columns = null;
      continue;
    }
    const isRow = /^\s*\|.*\|/.test(row) || (columns !== null && row.includes('|'));
    if (!isRow) columns = null;
    else if (columns === null) columns = cellsOf(row);
    lines.push({
      text: row,
      line: at + 1,
      headings: titles(),
      cells: isRow ? cellsOf(row) : null,
      columns: isRow ? columns : null,
    });
  }
  return { blocks, lines };
}
