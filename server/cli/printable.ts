import { stripVTControlCharacters } from 'node:util';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a color
const COLOR = /\u001b\[[\d;]*m/g;

/**
 * Text of a stranger's server, safe for a terminal: without escape sequences, which could move the cursor, retitle the
 * window or fill the clipboard.
 */
export const printable = (text: string): string => stripVTControlCharacters(text).replace(CONTROL, '');

/** The same on one line. */
export const oneLine = (text: string): string => printable(text.replace(/\s+/g, ' ')).trim();

/** A log line that keeps its colors and nothing else of its escape sequences. */
export function printableWithColors(text: string): string {
  const colors = text.match(COLOR) ?? [];
  const parts = text.split(COLOR).map(printable);
  return colors.length === 0
    ? parts.join('')
    : `${parts.map((part, at) => part + (colors[at] ?? '')).join('')}\u001b[0m`;
}
