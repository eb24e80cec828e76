import type { CodeFile } from '../code/code-file.ts';
import { guardedNames, type HeldRead } from '../code/guarded-names.ts';
import type { EnvFinding } from '../finding.ts';
import { javaScriptGuards, nameInJavaScript } from './guards.ts';

/** `const { A_HOST, A_PORT: port } = process.env` */
const TAKEN_APART = /(?:const|let|var)\s{0,9}\{([^{}=]{1,2000})\}\s{0,9}=\s{0,9}process\.env\b/g;
const TAKEN = /\b([A-Z][A-Z0-9_]{1,79})\b(?:\s{0,9}:\s{0,9}([\w$]{1,60}))?/g;
/** `var url = process.env.A_URL;` */
const HELD =
  /\b(?:const|let|var)\s{1,9}([\w$]{1,60})\s{0,9}=\s{0,9}process\.env(?:\.([A-Z][A-Z0-9_]{1,79})|\[["']([A-Z][A-Z0-9_]{1,79})["']\])\s{0,9}[;,\n]/g;
/** The check that stands right behind. */
const HELD_CHARACTERS = 500;
const HELD_PLACES_MAX = 200;
/** A check of what was taken stands right behind. */
const BEHIND_CHARACTERS = 1_500;
const PLACES_MAX = 20;

/** `if (!url)` */
const CHECKED_NEXT = /^\s{0,40}if\s{0,9}\(\s{0,9}!\s{0,9}([\w$]{1,60})\s{0,9}\)/;

const isCheckedNext = (text: string, variable: string): boolean => CHECKED_NEXT.exec(text)?.[1] === variable;

const partOf = (file: CodeFile, start: number, characters: number): CodeFile => ({
  ...file,
  text: file.text.slice(start, start + characters),
  lineAt: (offset) => file.lineAt(start + offset),
  isInString: (offset) => file.isInString(start + offset),
});

/**
 * Finds what a bundle demands. Most guards in there belong to libraries: those right behind a place that takes the
 * environment apart are the server's own.
 */
export function guardsOfBundle(file: CodeFile): Map<string, Partial<EnvFinding>> {
  const found = new Map<string, Partial<EnvFinding>>();
  let places = 0;
  for (const match of file.text.matchAll(TAKEN_APART)) {
    if (file.isInString(match.index)) continue;
    if (++places > PLACES_MAX) break;
    const start = match.index;
    const part = partOf(file, start, match[0].length + BEHIND_CHARACTERS);
    const reads = [...(match[1] ?? '').matchAll(TAKEN)].map(
      ([, name = '', alias]): HeldRead => ({ name, offset: 0, variable: alias ?? name }),
    );
    for (const [name, facts] of guardedNames(part, javaScriptGuards(part), reads, nameInJavaScript))
      if (!found.has(name)) found.set(name, facts);
  }
  places = 0;
  for (const match of file.text.matchAll(HELD)) {
    const [whole, variable = '', dotted, quoted] = match;
    const name = dotted ?? quoted ?? '';
    if (file.isInString(match.index)) continue;
    if (++places > HELD_PLACES_MAX) break;
    // minified code gives a letter many meanings: the check has to be the next thing that the program does
    const behind = partOf(file, match.index + whole.length, HELD_CHARACTERS);
    if (!isCheckedNext(behind.text, variable)) continue;
    for (const [guarded, facts] of guardedNames(
      behind,
      javaScriptGuards(behind),
      [{ name, offset: 0, variable }],
      nameInJavaScript,
    ))
      if (!found.has(guarded)) found.set(guarded, facts);
  }
  return found;
}
