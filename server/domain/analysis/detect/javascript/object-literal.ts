/** One entry at the top level of an object literal; `value` is its text, `offset` where its key begins. */
export type LiteralEntry = { key: string; value: string; offset: number };

/** A configuration object is a page or two; whatever is longer is something else, or a trap. */
const CHARACTERS_MAX = 60_000;
const KEY = /^\s*(?:["'`]([\w$.-]+)["'`]|([\w$]+))\s{0,40}:\s{0,40}/;

/** How many characters all object literals of one file may have together. */
export type Budget = { characters: number };
export const createBudget = (): Budget => ({ characters: 2_000_000 });

/** The offset of the quote that closes the string or template at `at`; `at` itself when none does. */
function closing(text: string, at: number): number {
  const quote = text[at];
  for (let next = at + 1; next < text.length; next++) {
    if (text[next] === '\\') next++;
    else if (text[next] === quote) return next;
    else if (text[next] === '\n' && quote !== '`') return at; // an apostrophe, not a string
  }
  return at;
}

/** The entries of the object literal that opens at `open`; read as text, never evaluated. Comments have to be blank. */
export function entriesOf(source: string, open: number, budget: Budget = createBudget()): LiteralEntry[] {
  const text = source.slice(open, open + Math.min(CHARACTERS_MAX, budget.characters));
  const entries: LiteralEntry[] = [];
  /** Quotes that do not close, so that each is looked at once. */
  const unclosed = new Set<string>();
  let depth = 0;
  let from = 1;
  const take = (to: number) => {
    const part = text.slice(from, to);
    const key = KEY.exec(part);
    const name = key?.[1] ?? key?.[2];
    if (key && name)
      entries.push({
        key: name,
        value: part.slice(key[0].length).trim(),
        offset: open + from + key[0].search(/["'`\w$]/),
      });
    from = to + 1;
  };
  let at = 0;
  for (; at < text.length; at++) {
    const one = text[at] ?? '';
    if ((one === '"' || one === "'" || one === '`') && !unclosed.has(one)) {
      const end = closing(text, at);
      if (end === at) unclosed.add(one);
      at = end;
    } else if (one === '\n') {
      unclosed.delete('"');
      unclosed.delete("'");
    } else if (one === '{' || one === '(' || one === '[') depth++;
    else if (one === '}' || one === ')' || one === ']') {
      depth--;
      if (depth === 0) {
        take(at);
        break;
      }
    } else if (one === ',' && depth === 1) take(at);
  }
  budget.characters -= at;
  return entries;
}
