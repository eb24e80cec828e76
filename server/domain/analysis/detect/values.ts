import type { CodeFile } from './code/code-file.ts';
import type { EnvFinding } from './finding.ts';

/** `mode === 'READ_ONLY'`, `case 'READ_ONLY':` */
const COMPARED = /(?:[!=]==?\s{0,9}|\bcase\s{1,9})["'`]([A-Z][A-Z0-9_]{1,79})["'`]/g;

/** `['READ_ONLY', 'READ_WRITE']` */
const LISTED = /\[\s{0,40}((?:["'`][A-Z][A-Z0-9_]{1,79}["'`]\s{0,9},?\s{0,40}){2,30})\]/g;

/**
 * Words in capitals that are the values of settings: documents or code give them to a variable, or code compares
 * something with them. Documents list them like variables.
 */
export function valuesOfVariables(
  findings: readonly EnvFinding[],
  files: readonly CodeFile[],
): (name: string) => boolean {
  const values = new Set(
    findings.flatMap(({ name, example, default: fallback, choices = [] }) =>
      [example, fallback, ...choices].flatMap((value) => (value !== undefined && value !== name ? [value] : [])),
    ),
  );
  for (const { text } of files) for (const [, value] of text.matchAll(COMPARED)) if (value) values.add(value);
  // the other members of a list are values as well
  for (const { text } of files) {
    for (const [, list = ''] of text.matchAll(LISTED)) {
      const words = list.match(/[A-Z][A-Z0-9_]+/g) ?? [];
      if (words.some((word) => values.has(word))) for (const word of words) values.add(word);
    }
  }
  return (name) => values.has(name);
}
