import { closingQuote, createMasker, createSearch, type Masked } from './masked.ts';

const MARK = /["'#]/g;
/** Behind one of these a string that stands alone on its line is a value, not a docstring. */
const EXPECTS_VALUE = /[([{,=+%\\]/;

const LOOK_BACK_CHARACTERS = 200;

/** Comments and docstrings of Python blanked, other strings marked. */
export function maskPython(source: string): Masked {
  const masker = createMasker(source);
  const find = createSearch(source);
  const apostrophesUntil = new Map<string, number>();
  let lastEnd = 0;
  let lastCharacter = '';

  /** True when the string that opens at `start` is a statement of its own. */
  const isDocstring = (start: number): boolean => {
    const before = source.slice(Math.max(lastEnd, start - LOOK_BACK_CHARACTERS), start);
    const lineStart = before.lastIndexOf('\n') + 1;
    const isFirst = lastEnd === 0 && start <= LOOK_BACK_CHARACTERS;
    if ((lineStart === 0 && !isFirst) || !/^\s*[rRuU]?$/.test(before.slice(lineStart))) return false;
    return !EXPECTS_VALUE.test(before.slice(0, lineStart).trimEnd().at(-1) ?? lastCharacter);
  };

  for (let at = 0; ; ) {
    MARK.lastIndex = at;
    const match = MARK.exec(source);
    if (!match) return masker.result();
    const start = match.index;
    const one = match[0];
    at = start + 1;
    if (one === '#') {
      const lineEnd = find('\n', at);
      const before = source.slice(Math.max(lastEnd, start - LOOK_BACK_CHARACTERS), start).trimEnd();
      lastCharacter = before.at(-1) ?? lastCharacter;
      at = lineEnd === -1 ? source.length : lineEnd;
      masker.blank(start, at);
      lastEnd = at;
      continue;
    }
    const isTriple = source.startsWith(one.repeat(3), start);
    if (isTriple) {
      const end = find(one.repeat(3), start + 3);
      if (end === -1) continue;
      if (isDocstring(start)) masker.blank(start, end + 3);
      else masker.string(start + 3, end);
      at = end + 3;
    } else {
      if (start < (apostrophesUntil.get(one) ?? 0)) continue;
      const end = closingQuote(source, start);
      if (end === -1) {
        const lineEnd = find('\n', at);
        apostrophesUntil.set(one, lineEnd === -1 ? source.length : lineEnd);
        continue;
      }
      masker.string(at, end);
      at = end + 1;
    }
    lastEnd = at;
    lastCharacter = '"';
  }
}
