import { readFile, writeFile } from 'node:fs/promises';

const OTHERS = /[^\0-\x7f]/g;

/** `\u2026` for each UTF-16 unit, which regular expressions with and without the flag `u` read as the letter itself. */
const escaped = (text: string): string =>
  text.replace(OTHERS, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Escapes the letters that esbuild leaves as they are, those of regular expressions. One such letter makes V8 keep the whole
 * text of a program with two bytes for each letter.
 */
export async function makeAscii(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const ascii = escaped(text);
  if (ascii !== text) await writeFile(file, ascii);
}
