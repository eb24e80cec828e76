import { closingQuote, createMasker, createSearch, type Masked } from './masked.ts';

const MARK = /["'`/]/g;
const CHARACTER = /'(?:[^'\\\n]|\\[^\n][^'\n]{0,8})'/y;

/** Comments of Go or Rust blanked, strings marked. */
export function maskCompiled(source: string, language: 'go' | 'rust'): Masked {
  const masker = createMasker(source);
  const find = createSearch(source);
  let apostrophesUntil = 0;

  for (let at = 0; ; ) {
    MARK.lastIndex = at;
    const match = MARK.exec(source);
    if (!match) return masker.result();
    const start = match.index;
    const one = match[0];
    at = start + 1;
    if (one === '/') {
      const next = source[at];
      const end = next === '/' ? find('\n', at) : next === '*' ? find('*/', at + 1) : -1;
      if (next === '/') at = end === -1 ? source.length : end;
      else if (end !== -1) at = end + 2;
      if (at > start + 1) masker.blank(start, at);
    } else if (one === "'") {
      // a lifetime of Rust has one quote alone
      CHARACTER.lastIndex = start;
      if (CHARACTER.test(source)) at = CHARACTER.lastIndex;
    } else if (one === '`') {
      const end = language === 'go' ? find('`', at) : -1;
      if (end === -1) continue;
      masker.string(at, end);
      at = end + 1;
    } else {
      const hashes =
        language === 'rust' ? /\br(#{0,3})$/.exec(source.slice(Math.max(0, start - 5), start))?.[1] : undefined;
      const isRaw = hashes !== undefined;
      if (!isRaw && start < apostrophesUntil) continue;
      const end = isRaw ? find(`"${hashes}`, at) : closingQuote(source, start);
      if (end !== -1) {
        masker.string(at, end);
        at = end + 1 + (hashes?.length ?? 0);
      } else if (!isRaw) {
        const lineEnd = find('\n', at);
        apostrophesUntil = lineEnd === -1 ? source.length : lineEnd;
      }
    }
  }
}
