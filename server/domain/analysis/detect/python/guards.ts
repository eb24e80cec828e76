import type { CodeFile } from '../code/code-file.ts';
import type { Guard } from '../code/guarded-names.ts';
import { needsOf } from '../code/needs.ts';

const CONDITION = /^([ \t]{0,40})if[ \t]{1,9}([^\n:]{1,300}):[ \t]{0,200}\n/gm;
const BODY = /^(?:[ \t]{1,60}[^\n]{0,300}\n?|\n){1,6}/;
const BODY_CHARACTERS_MAX = 800;
const ENDS = /\braise\b|sys\.exit|\bexit\(/;
const EXITS = /sys\.exit|\bexit\(/;

/** `not a and b is None` with the operators that both languages share. */
const withOperators = (condition: string): string =>
  condition
    .replace(/\band\b/g, '&&')
    .replace(/\bor\b/g, '||')
    .replace(/\bis[ \t]{1,9}not\b/g, '!=')
    .replace(/\bnot[ \t]{1,9}(?=[\w(])/g, '!');

/** All guards of a Python file: `if not key: raise …`. */
export function* pythonGuards({ text, isInString }: CodeFile): Generator<Guard> {
  for (const match of text.matchAll(CONDITION)) {
    const [whole, indent = '', condition = ''] = match;
    if (!/\bnot\b|\bis\b|==/.test(condition) || isInString(match.index)) continue;
    const start = match.index + whole.length;
    const body = BODY.exec(text.slice(start, start + BODY_CHARACTERS_MAX))?.[0] ?? '';
    if (!ENDS.test(body)) continue;
    const needs = needsOf(withOperators(condition));
    if (needs.length === 0) continue;
    yield {
      offset: match.index,
      needs,
      requirement: indent === '' || EXITS.test(body) ? 'HARD' : 'LAZY',
      readsEnvironment: condition.includes('environ') || condition.includes('getenv'),
    };
  }
}
