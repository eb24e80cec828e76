import type { CodeFile } from './code-file.ts';

const NAME = /(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]{1,79}(?![A-Za-z0-9_]|\\?\.[A-Z])/g;
/** A longer line between quotes is a text for people or for a model, or a query. */
const MESSAGE_CHARACTERS_MAX = 300;
/** Words of a message about a setting. */
const ABOUT_SETTINGS = /\benv|variable|\bset\b|\bexport\b|\brequired?\b|\bmissing\b|\bprovide\b|\bconfig/i;

/** A word inside of a text: the description of a tool, or a query, speaks of settings of other programs. */
function isInProse({ text, isInString }: CodeFile, offset: number): boolean {
  const isWhole = /["'`]/.test(text[offset - 1] ?? '') && !isInString(offset - 2);
  if (!isInString(offset) || isWhole) return false;
  // a bundle has lines of megabytes: each look goes as far as a message may be long
  const before = text.slice(Math.max(0, offset - MESSAGE_CHARACTERS_MAX), offset);
  const after = text.slice(offset, offset + MESSAGE_CHARACTERS_MAX);
  const [start, end] = [before.lastIndexOf('\n'), after.indexOf('\n')];
  const isLong =
    (start === -1 && before.length === MESSAGE_CHARACTERS_MAX) ||
    (end === -1 && after.length === MESSAGE_CHARACTERS_MAX);
  return isLong || !ABOUT_SETTINGS.test(before.slice(start + 1) + (end === -1 ? after : after.slice(0, end)));
}

/** Every word of the code that could be the name of a variable; words in a long text between quotes are left out. */
export function mentionedNames(files: readonly CodeFile[]): Set<string> {
  const names = new Set<string>();
  for (const file of files) {
    if (/\.d\.[cm]?ts$/.test(file.path)) continue;
    for (const match of file.text.matchAll(NAME))
      if (!names.has(match[0]) && !isInProse(file, match.index)) names.add(match[0]);
  }
  return names;
}
