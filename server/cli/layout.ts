import type { Output } from './terminal.ts';

/** Widths are counted in code points: good enough for names, and exact for ASCII. */
const width = (text: string): number => [...text].length;

export const padded = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - width(text)));

export function shortened(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  return `${[...text].slice(0, Math.max(1, columns - 1)).join('')}…`;
}

/** Columns aligned to their widest cell; the last one is cut at the terminal's edge and never padded. */
export function table(rows: readonly (readonly string[])[], columns: number, indent = ''): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...rows.map((row) => width(row[at] ?? ''))));
  return rows.map((row) => {
    const cells = row.map((cell, at) => (at === row.length - 1 ? cell : padded(cell, widths[at] ?? 0)));
    return shortened(`${indent}${cells.join('  ')}`.trimEnd(), columns);
  });
}

/** Prints a table under its heads, which are the first row. */
export function printTable(out: Output, rows: readonly (readonly string[])[]): void {
  const [heads = '', ...lines] = table(rows, out.columns());
  out.line(out.paint('dim', heads));
  for (const line of lines) out.line(line);
}

/** `85 ms`, `3.2 s`, `2 min 05 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `INSTALLING_SERVER` as people read it: `Installing server`. */
export function words(constant: string): string {
  const text = constant.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
