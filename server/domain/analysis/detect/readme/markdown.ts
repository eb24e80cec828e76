import type { SourceFile } from '../../files/file-set.ts';

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

/** A longer line is cut: no table cell that people read is so long. */
export const LINE_CHARACTERS_MAX = 4_000;
const BLOCK_CHARACTERS_MAX = 64_000;
const TITLE_CHARACTERS_MAX = 200;
const TABLE_ROWS_MAX = 400;

const FENCE = /^\s{0,40}(?:>\s{0,9})?(`{3,}|~{3,})\s{0,9}\{?\.?([\w+-]{0,40})/;
const cellsOf = (text: string): string[] =>
  text
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

const withoutTags = (text: string, instead = ''): string => text.replace(/<[^<>]{1,300}>/g, instead);

const CELL = /<t[hd](?:\s[^<>]{0,300})?>([\s\S]*?)(?=<\/?t[hdr]\b|$)/gi;
/** The cells of one row of an HTML table, with `<code>` as Markdown writes it. */
const htmlCells = (row: string): string[] =>
  [...row.matchAll(CELL)].map((cell) =>
    withoutTags((cell[1] ?? '').replace(/<\/?(?:code|kbd|pre)\b[^<>]{0,300}>/gi, '`'), ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );

/** Rows of an HTML table, each at the line where it begins. */
function htmlRows(rows: readonly string[], start: number, headings: string[]): { lines: ProseLine[]; end: number } {
  const lines: ProseLine[] = [];
  let columns: string[] | null = null;
  let parts: string[] = [];
  let at = start;
  let from = start;
  const push = () => {
    const row = parts.join('\n').slice(0, LINE_CHARACTERS_MAX);
    const cells = htmlCells(row);
    if (cells.length > 0) {
      columns ??= cells;
      lines.push({ text: row.replace(/\s+/g, ' '), line: from + 1, headings, cells, columns });
    }
    parts = [];
  };
  for (; at < rows.length; at++) {
    for (const part of (rows[at] ?? '').split(/(?=<tr\b)/i)) {
      if (/^<tr\b/i.test(part)) {
        push();
        from = at;
      }
      parts.push(part);
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

type Heading = { level: number; title: string };

/** `# Title`, `<h2>Title</h2>`, and `<summary>Title</summary>`, which is below all of them. */
function headingOf(row: string): Heading | null {
  const marks = /^\s{0,3}(#{1,6})\s+(\S.*)$/.exec(row);
  const html = marks ? null : /<h([1-6])\b[^<>]{0,300}>(.{0,300}?)<\/h/.exec(row);
  const summary = marks || html ? null : /<summary\b[^<>]{0,300}>(.*)/.exec(row);
  const [level, title] = marks
    ? [marks[1]?.length ?? 1, (marks[2] ?? '').replace(/#{1,9}\s{0,9}$/, '')]
    : html
      ? [Number(html[1]), html[2] ?? '']
      : [7, summary?.[1] ?? ''];
  if (!marks && !html && !summary) return null;
  return { level, title: withoutTags(title.slice(0, TITLE_CHARACTERS_MAX)).trim() };
}

/** For each line whether an HTML table that opens there closes within the next lines. */
function createTableEnds(rows: readonly string[]): (at: number) => boolean {
  let closing: number[] | null = null;
  let next = 0;
  return (at) => {
    closing ??= rows.flatMap((row, line) => (/<\/table>/i.test(row) ? [line] : []));
    while ((closing[next] ?? Number.POSITIVE_INFINITY) < at) next++;
    return (closing[next] ?? Number.POSITIVE_INFINITY) < at + TABLE_ROWS_MAX;
  };
}

/** Splits a Markdown text into code blocks, tables and lines; of HTML only headings, summaries and tables are read. */
function readMarkdown(text: string): Markdown {
  const blocks: CodeBlock[] = [];
  const lines: ProseLine[] = [];
  const trail: Heading[] = [];
  let titles: string[] = [];
  const leave = (level: number) => {
    while ((trail.at(-1)?.level ?? 0) >= level) trail.pop();
    titles = trail.map(({ title }) => title);
  };
  const rows = text.split(/\r?\n/).map((row) => row.slice(0, LINE_CHARACTERS_MAX));
  const closesTable = createTableEnds(rows);
  let columns: string[] | null = null;

  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? '';
    if (row.trim() === '') {
      columns = null;
      continue;
    }
    const fence = FENCE.exec(row);
    if (fence?.[1]) {
      const marker = fence[1];
      const isQuoted = /^\s*>/.test(row);
      const start = at + 1;
      while (++at < rows.length && !(rows[at] ?? '').trim().replace(/^>\s*/, '').startsWith(marker)) {
        // up to the closing fence, or the end of the text
      }
      const content = rows.slice(start, at).map((line) => (isQuoted ? line.replace(/^\s*>\s?/, '') : line));
      blocks.push({
        language: (fence[2] ?? '').toLowerCase(),
        text: content.join('\n').slice(0, BLOCK_CHARACTERS_MAX),
        line: start + 1,
        headings: titles,
        lead: paragraphAbove(rows, start - 1),
      });
      columns = null;
      continue;
    }
    const heading = headingOf(row);
    if (heading) {
      leave(heading.level);
      trail.push(heading);
      titles = trail.map(({ title }) => title);
    }
    if (/<\/details>/.test(row)) leave(7);
    if (/<table\b/i.test(row) && closesTable(at)) {
      const table = htmlRows(rows, at, titles);
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
      headings: titles,
      cells: isRow ? cellsOf(row) : null,
      columns: isRow ? columns : null,
    });
  }
  return { blocks, lines };
}

const known = new WeakMap<SourceFile, Markdown>();

/** A document in its parts; each document is split once, for all detectors. */
export function markdownOf(file: SourceFile): Markdown {
  const found = known.get(file) ?? readMarkdown(file.text);
  known.set(file, found);
  return found;
}
