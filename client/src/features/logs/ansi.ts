export type AnsiSpan = { text: string; color: AnsiColor | null; bold: boolean };
export type AnsiColor = 'red' | 'green' | 'amber' | 'blue' | 'violet' | 'cyan' | 'gray';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const ESCAPES = /\u001b(?:\[([\d;]*)([A-Za-z])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9])/g;

const COLORS: Record<number, AnsiColor> = {
  30: 'gray',
  31: 'red',
  32: 'green',
  33: 'amber',
  34: 'blue',
  35: 'violet',
  36: 'cyan',
  90: 'gray',
  91: 'red',
  92: 'green',
  93: 'amber',
  94: 'blue',
  95: 'violet',
  96: 'cyan',
};

/** Splits a log line at its color codes; all other escape sequences are dropped. */
export function parseAnsi(line: string): AnsiSpan[] {
  if (!line.includes('\u001b')) return [{ text: line, color: null, bold: false }];
  const spans: AnsiSpan[] = [];
  let color: AnsiColor | null = null;
  let bold = false;
  let from = 0;
  const push = (text: string) => {
    if (text !== '') spans.push({ text, color, bold });
  };
  for (const match of line.matchAll(ESCAPES)) {
    push(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] !== 'm') continue;
    for (const code of (match[1] ?? '').split(';').map(Number)) {
      if (code === 0) [color, bold] = [null, false];
      else if (code === 1) bold = true;
      else if (code === 22) bold = false;
      else if (code === 39) color = null;
      else if (COLORS[code]) color = COLORS[code];
    }
  }
  push(line.slice(from));
  return spans;
}
