/**
 * Reads the needs of a program from the condition under which it ends. `!a && !b` ends it when both are unset, so
 * either is enough; `!a || !b` ends it when one is unset, so both are needed.
 */

/** One need: operands of which one must be set. */
export type Need = readonly string[];

/** Each inner list holds operands of which one must be set; null stands for something that is no variable. */
type Clauses = (readonly (string | null)[])[];

const CONDITION_CHARACTERS_MAX = 400;
const CLAUSES_MAX = 8;
const OPERANDS_MAX = 6;
/** Calls and comparisons that ask whether something is set. */
const UNSET =
  /^(?:typeof\s{1,5})?([\w$.?[\]"'`]{1,120}?)(?:\.length)?\s{0,5}(?:===?|is)\s{0,5}(?:undefined|null|None|""|''|0|"undefined"|'undefined')$/;
const SET = /^([\w$.?[\]"'`]{1,120}?)\s{0,5}!==?\s{0,5}(?:undefined|null|None|""|'')$/;
const PLAIN = /^([\w$.?[\]"'`]{1,120}?)(?:\??\.(?:trim|strip|toString)\(\)|\.length)?$/;

type Expression = { kind: 'any' | 'all'; parts: Expression[] } | { kind: 'operand'; text: string; isNegated: boolean };

/** The parts of a text between operators that stand outside of all brackets and quotes. */
function splitAt(text: string, operator: '||' | '&&'): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? '';
    if (quote) quote = one === quote ? '' : quote;
    else if (/["'`]/.test(one)) quote = one;
    else if (/[([{]/.test(one)) depth++;
    else if (/[)\]}]/.test(one)) depth--;
    else if (depth === 0 && text.startsWith(operator, at)) {
      parts.push(text.slice(from, at));
      from = at + 2;
      at++;
    }
  }
  return [...parts, text.slice(from)];
}

const isEnclosed = (text: string): boolean => {
  if (!text.startsWith('(') || !text.endsWith(')')) return false;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return false;
  }
  return true;
};

function parse(raw: string, isNegated: boolean): Expression {
  const text = raw.trim();
  const any = splitAt(text, '||');
  if (any.length > 1) return { kind: isNegated ? 'all' : 'any', parts: any.map((part) => parse(part, isNegated)) };
  const all = splitAt(text, '&&');
  if (all.length > 1) return { kind: isNegated ? 'any' : 'all', parts: all.map((part) => parse(part, isNegated)) };
  if (text.startsWith('!') && !text.startsWith('!=')) return parse(text.slice(1), !isNegated);
  if (isEnclosed(text)) return parse(text.slice(1, -1), isNegated);
  return { kind: 'operand', text, isNegated };
}

/** Gives the clauses that must hold so that the expression is false. */
function clausesAgainst(expression: Expression): Clauses | null {
  if (expression.kind === 'operand') {
    const { text, isNegated } = expression;
    const unset = UNSET.exec(text)?.[1] ?? null;
    const set = SET.exec(text)?.[1] ?? PLAIN.exec(text)?.[1] ?? null;
    // the program ends when the operand is unset, so it must be set
    return [[isNegated ? set : unset]];
  }
  const parts = expression.parts.map(clausesAgainst);
  if (parts.some((part) => part === null)) return null;
  const known = parts.flatMap((part) => (part === null ? [] : [part]));
  // against `a or b`: against a, and against b
  if (expression.kind === 'any') return known.flat().slice(0, CLAUSES_MAX + 1);
  // against `a and b`: against a, or against b
  let product: Clauses = [[]];
  for (const part of known) {
    product = product.flatMap((left) => part.map((right) => [...left, ...right]));
    if (product.length > CLAUSES_MAX) return null;
  }
  return product;
}

/**
 * The needs that are proven when a program ends under this condition: operands as they are written. A condition with
 * other parts, such as a mode, proves nothing about what it is joined with.
 */
export function needsOf(condition: string): Need[] {
  if (condition.length > CONDITION_CHARACTERS_MAX) return [];
  const clauses = clausesAgainst(parse(condition, false)) ?? [];
  return clauses.flatMap((clause): Need[] => {
    const operands = [...new Set(clause)];
    return operands.length <= OPERANDS_MAX && operands.every((one) => one !== null) ? [operands] : [];
  });
}
