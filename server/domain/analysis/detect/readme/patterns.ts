import type { FileSet } from '../../files/file-set.ts';

/** `X_<NAME>_HOST`, `X_{n}_HOST`, `X_<NAME>_*`: a name with a part of the user's choice. */
const PATTERN = /\b([A-Z][A-Z0-9_]{0,40}_)[<{][A-Za-z][\w -]{0,40}[>}](_(?:[A-Z0-9_]{1,60}|\*))(?![A-Z0-9_<{])/g;
const ANY_END = '_*';
const PATTERNS_MAX = 40;

/**
 * Tells whether a name is an example of a pattern that the documents describe: `X_MAIN_HOST` of `X_<NAME>_HOST`. No
 * form can ask for such names one by one. What code reads by a name of its own is no example.
 */
export function examplesOfPatterns({ files }: FileSet): (name: string) => boolean {
  const patterns = new Map<string, { begin: string; end: string }>();
  for (const { path, text } of files) {
    if (!/\.mdx?$/i.test(path)) continue;
    for (const [whole, begin = '', end = ''] of text.matchAll(PATTERN)) {
      patterns.set(whole, { begin, end });
      if (patterns.size >= PATTERNS_MAX) break;
    }
  }
  const all = [...patterns.values()];
  return (name) =>
    all.some(({ begin, end }) =>
      end === ANY_END
        ? name.startsWith(begin) && /^[A-Z0-9]+_[A-Z0-9_]+$/.test(name.slice(begin.length))
        : name.length > begin.length + end.length &&
          name.startsWith(begin) &&
          name.endsWith(end) &&
          !name.slice(begin.length, -end.length).includes('_'),
    );
}
