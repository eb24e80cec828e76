/** A source text with its comments blanked, and where its strings are. Offsets and lines stay as they were. */
export type Masked = {
  text: string;
  /** Starts and ends of what stands between quotes, in order: start, end, start, end, … */
  strings: readonly number[];
};

/** Gathers blanked parts and strings while a lexer goes forward through a text. */
export function createMasker(source: string) {
  const parts: string[] = [];
  const strings: number[] = [];
  let copied = 0;
  return {
    blank(start: number, end: number): void {
      parts.push(source.slice(copied, start), source.slice(start, end).replace(/[^\n]/g, ' '));
      copied = end;
    },
    string(start: number, end: number): void {
      strings.push(start, end);
    },
    result: (): Masked => ({ text: parts.length === 0 ? source : parts.join('') + source.slice(copied), strings }),
  };
}

/** True for an offset between quotes. */
export function isWithin(strings: readonly number[], offset: number): boolean {
  let [low, high] = [0, strings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((strings[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/**
 * The end of a string on one line that opens at `at`: the offset of its closing quote, or -1. A backslash hides the
 * character behind it.
 */
export function closingQuote(source: string, at: number): number {
  const quote = source.charCodeAt(at);
  for (let next = at + 1; next < source.length; next++) {
    const code = source.charCodeAt(next);
    if (code === quote) return next;
    if (code === 0x5c /* \ */) next++;
    else if (code === 0x0a) return -1;
  }
  return -1;
}

/** Finds closing marks, and does not look again for one that is missing: a thousand unclosed marks cost one search. */
export function createSearch(source: string) {
  const missingFrom = new Map<string, number>();
  return (mark: string, from: number): number => {
    if (from >= (missingFrom.get(mark) ?? Number.POSITIVE_INFINITY)) return -1;
    const found = source.indexOf(mark, from);
    if (found === -1) missingFrom.set(mark, from);
    return found;
  };
}
