/** Words whose coming or going turns a sentence around: they make no small edit. */
const TURNING: ReadonlySet<string> = new Set([
  ...['not', 'never', 'no', 'without', 'only', 'always', 'must', 'except', 'unless', 'before', 'first', 'instead'],
  ...["don't", 'cannot', "can't", 'required', 'optional', 'delete', 'deletes', 'send', 'sends', 'all'],
]);

/** So many words may come, and so many may go. */
const WORDS_MAX = 6;

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s.,;:!?()"“”]+/u)
    .filter(Boolean);

/** The words that `one` has more often than `other`. */
function surplus(one: readonly string[], other: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of other) counts.set(word, (counts.get(word) ?? 0) + 1);
  return one.filter((word) => {
    const left = counts.get(word) ?? 0;
    counts.set(word, left - 1);
    return left <= 0;
  });
}

/**
 * Reports whether a text was corrected, and not written again: at most six words came, at most six went, at least
 * half of the words stayed, and none of them turns a sentence around, such as “not” or “only”.
 */
export function isSmallEdit(before: string | null, after: string | null): boolean {
  const [old, now] = [wordsOf(before ?? ''), wordsOf(after ?? '')];
  const [gone, come] = [surplus(old, now), surplus(now, old)];
  if (gone.length > WORDS_MAX || come.length > WORDS_MAX) return false;
  if ((old.length - gone.length) * 2 < old.length) return false;
  return [...gone, ...come].every((word) => !TURNING.has(word));
}
