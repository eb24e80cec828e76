import { closingQuote, createMasker, createSearch, type Masked } from './masked.ts';

const MARK = /["'`/]/g;
/** Braces matter inside of `${…}`, which ends with its own. */
const MARK_IN_TEMPLATE = /["'`/{}]/g;
const TEMPLATE_MARK = /[`\\]|\$\{/g;
const REGEX_CHARACTERS_MAX = 500;
const KEYWORD_BEFORE_REGEX =
  /(?<![\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield|instanceof)$/;
const PAREN_CHARACTERS_MAX = 200;

/** True when the parentheses that close at `end` belong to `if (…)`: a regular expression may follow them. */
function closesCondition(source: string, end: number): boolean {
  let depth = 0;
  for (let at = end; at >= 0 && at > end - PAREN_CHARACTERS_MAX; at--) {
    const one = source[at];
    if (one === ')') depth++;
    else if (one === '(' && --depth === 0)
      return /\b(?:if|while|for|with)\s{0,9}$/.test(source.slice(Math.max(0, at - 16), at));
  }
  return false;
}

/** The end of a regular expression that opens at `at`, or -1. */
function regexEnd(source: string, at: number): number {
  let isClass = false;
  for (let next = at + 1; next < source.length && next < at + REGEX_CHARACTERS_MAX; next++) {
    const one = source[next];
    if (one === '\n') return -1;
    if (one === '\\') next++;
    else if (one === '[') isClass = true;
    else if (one === ']') isClass = false;
    else if (one === '/' && !isClass) return next;
  }
  return -1;
}

/** One pass; null when a template that opens never closes, so that its backtick means something else. */
function pass(source: string, hasTemplates: boolean): Masked | null {
  const masker = createMasker(source);
  const find = createSearch(source);
  /** Quotes that no other closes before this offset are apostrophes. */
  const apostrophesUntil = new Map<string, number>();
  /** Open braces of each `${…}` that is open. */
  const braces: number[] = [];
  let commentEnd = 0;
  let beforeComment = -1;

  /** The offset of the last character before `at` that is neither blank nor comment. */
  const significantBefore = (at: number): number => {
    for (let before = at - 1; before >= commentEnd; before--) if (!/\s/.test(source[before] ?? '')) return before;
    return beforeComment;
  };
  const mayBeRegex = (at: number): boolean => {
    const before = significantBefore(at);
    const one = before < 0 ? ';' : (source[before] ?? ';');
    if (/[\w$]/.test(one)) return KEYWORD_BEFORE_REGEX.test(source.slice(Math.max(0, before - 11), before + 1));
    if (one === ')') return closesCondition(source, before);
    return !/[\]"'`<]/.test(one);
  };
  /** The text of a template from `from` on; where the code goes on behind it. */
  const template = (from: number): number | null => {
    TEMPLATE_MARK.lastIndex = from;
    for (let match = TEMPLATE_MARK.exec(source); match; match = TEMPLATE_MARK.exec(source)) {
      if (match[0] === '\\') TEMPLATE_MARK.lastIndex++;
      else {
        masker.string(from, match.index);
        if (match[0] === '${') braces.push(0);
        return TEMPLATE_MARK.lastIndex;
      }
    }
    return null;
  };
  const comment = (start: number, end: number): number => {
    beforeComment = significantBefore(start);
    commentEnd = end;
    masker.blank(start, end);
    return end;
  };

  for (let at = 0; ; ) {
    const mark = braces.length === 0 ? MARK : MARK_IN_TEMPLATE;
    mark.lastIndex = at;
    const match = mark.exec(source);
    if (!match) return braces.length === 0 ? masker.result() : null;
    const start = match.index;
    const one = match[0];
    at = start + 1;
    if (one === '`') {
      const end = hasTemplates ? template(at) : at;
      if (end === null) return null;
      at = end;
    } else if (one === '{' || one === '}') {
      const open = braces.pop() ?? 0;
      if (one === '{') braces.push(open + 1);
      else if (open > 0) braces.push(open - 1);
      else {
        const end = template(at);
        if (end === null) return null;
        at = end;
      }
    } else if (one === '/') {
      const next = source[at];
      const lineEnd = next === '/' ? find('\n', at) : -1;
      const blockEnd = next === '*' ? find('*/', at + 1) : -1;
      if (next === '/') at = comment(start, lineEnd === -1 ? source.length : lineEnd);
      else if (blockEnd !== -1) at = comment(start, blockEnd + 2);
      else if (mayBeRegex(start)) {
        const end = regexEnd(source, start);
        if (end !== -1) {
          masker.string(at, end);
          at = end + 1;
        }
      }
    } else if (start >= (apostrophesUntil.get(one) ?? 0)) {
      const end = closingQuote(source, start);
      if (end !== -1) {
        masker.string(at, end);
        at = end + 1;
      } else {
        const lineEnd = find('\n', at);
        apostrophesUntil.set(one, lineEnd === -1 ? source.length : lineEnd);
      }
    }
  }
}

/**
 * Comments of JavaScript and TypeScript blanked, strings, templates and regular expressions marked. It is no parser:
 * text of JSX and a backtick that never closes are taken for code.
 */
export const maskJavaScript = (source: string): Masked =>
  pass(source, true) ?? pass(source, false) ?? { text: source, strings: [] };
