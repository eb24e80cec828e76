import type { CodeFile } from '../code/code-file.ts';
import { type Guard, isTopLevel } from '../code/guarded-names.ts';
import { needsOf } from '../code/needs.ts';

const CONDITION = /\bif\s{0,9}\(/g;
const CONDITION_CHARACTERS_MAX = 400;
const BODY_CHARACTERS_MAX = 300;
const ENDS = /process\.exit\(|\bthrow\b/;
const ENDING_FUNCTIONS_MAX = 40;
const FUNCTION =
  /(?:\bfunction\s{1,9}([\w$]{1,60})\s{0,9}\([^()]{0,200}\)[^{;]{0,60}\{|\b([\w$]{1,60})\s{0,9}=\s{0,9}(?:async\s{1,9})?(?:\([^()]{0,200}\)[^={;]{0,60}|[\w$]{1,60}\s{0,9})=>\s{0,9}\{?)/g;

/** Functions that do nothing but end the program or throw: `const fail = (text) => { console.error(text); process.exit(1) }`. */
function endingFunctions(text: string): Set<string> {
  const names = new Set<string>();
  if (!ENDS.test(text)) return names;
  for (const match of text.matchAll(FUNCTION)) {
    const start = match.index + match[0].length;
    const body = text.slice(start, start + BODY_CHARACTERS_MAX);
    const inside = body.slice(0, body.search(/\}/) + 1 || undefined);
    const name = match[1] ?? match[2];
    if (name && ENDS.test(inside) && !/\bif\b|\?|&&|\|\||\bcatch\b/.test(inside)) names.add(name);
    if (names.size >= ENDING_FUNCTIONS_MAX) break;
  }
  return names;
}

/** The offset of the bracket that closes the one at `open`, or -1. */
function closingParenthesis(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length && at < open + CONDITION_CHARACTERS_MAX; at++) {
    const one = text[at];
    if (one === '(') depth++;
    else if (one === ')' && --depth === 0) return at;
  }
  return -1;
}

/** All guards of a JavaScript file: `if (!key) throw …`, `if (!key) { …; process.exit(1) }`, `if (!key) fail(…)`. */
export function* javaScriptGuards({ text, isInString }: CodeFile): Generator<Guard> {
  const ending = endingFunctions(text);
  for (const match of text.matchAll(CONDITION)) {
    const open = match.index + match[0].length - 1;
    const close = closingParenthesis(text, open);
    const condition = text.slice(open + 1, close);
    if (close === -1 || !/!|==/.test(condition) || isInString(match.index)) continue;
    const body = text.slice(close + 1, close + 1 + BODY_CHARACTERS_MAX * 2);
    const isBlock = /^\s{0,40}\{/.test(body);
    const end = body.search(isBlock ? /\}/ : /;|\n\s{0,40}\S/);
    const inside = body.slice(0, end === -1 ? BODY_CHARACTERS_MAX : end + 1);
    const call = /\b([\w$]{1,60})\s{0,9}\(/.exec(inside.replace(/^\s{0,40}\{?\s{0,40}(?:return\s{1,9})?/, ''));
    const isEnding = ENDS.test(inside) || (call?.[1] !== undefined && ending.has(call[1]));
    if (!isEnding) continue;
    const needs = needsOf(condition);
    if (needs.length === 0) continue;
    const isHard = inside.includes('process.exit') || isTopLevel(text, match.index);
    yield {
      offset: match.index,
      needs,
      requirement: isHard ? 'HARD' : 'LAZY',
      readsEnvironment: condition.includes('process.env'),
    };
  }
}

const NAMED = /^(?:process|Bun)\??\.env\??(?:\.|\[["'`])([A-Z][A-Z0-9_]{1,79})(?:["'`]\])?$/;

/** The variable that an operand of a condition reads: `process.env.NAME`. */
export const nameInJavaScript = (operand: string): string | null => NAMED.exec(operand)?.[1] ?? null;
