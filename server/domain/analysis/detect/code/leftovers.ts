import type { Code } from './code-file.ts';

/** A read by a name that is put together, or that a table holds: code may read more names than it shows. */
const COMPUTED_READ = /\b(?:process\.env|environ|env)\[\s{0,9}(?![\s"'])/;
/** As many variables of one prefix are the settings of a program, not a single name among others'. */
const READS_MIN = 5;

const firstWord = (name: string): string => name.slice(0, name.indexOf('_') + 1);

/** The words that all of some names begin with: `ACME_CLOUD_` of `ACME_CLOUD_URL` and `ACME_CLOUD_KEY`. */
function sharedPrefix(names: readonly string[]): string {
  const [first = '', ...others] = names;
  let length = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length--;
  return first.slice(0, first.lastIndexOf('_', length - 1) + 1);
}

/**
 * Recognizes names that documents kept from an earlier version: the code reads many variables of their prefix by itself,
 * and not these. A variable that a dependency reads has a prefix of its own.
 */
export function leftoversOf(code: Code, read: ReadonlySet<string>): (name: string) => boolean {
  if (code.all.some(({ text }) => COMPUTED_READ.test(text))) return () => false;
  const prefixes = [...Map.groupBy(read, firstWord)].flatMap(([word, names]) =>
    word !== '' && names.length >= READS_MIN ? [sharedPrefix(names)] : [],
  );
  return (name) => prefixes.some((prefix) => name.startsWith(prefix));
}
