/** One entry at the top level of an object literal; `value` is its text, `offset` where its key begins. */
export type LiteralEntry = { key: string; value: string; offset: number };

/** A configuration object is a page or two; whatever is longer is something else, or a trap. */
const CHARACTERS_MAX = 60_000;
const KEY = /^(?:\/\/[^\n]*\n|\/\*[\s\S]*?\*\/|\s)*(?:["'`]([\w$.-]+)["'`]|([\w$]+))\s*:\s*/;

/** Where a string, template or comment that begins at `at` ends; `at` itself when nothing does. */
function skipped(text: string, at: number): number {
  const one = text[at];
  if (one === '"' || one === "'" || one === '`') {
    for (let next = at + 1; next < text.length; next++) {
      if (text[next] === '\\') next++;
      else if (text[next] === one) return next;
      else if (text[next] === '\n' && one !== '`') return at; // an apostrophe, not a string
    }
    return at;
  }
  if (one === '/' && text[at + 1] === '/') return text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at);
  if (one === '/' && text[at + 1] === '*')
    return text.indexOf('*/', at) === -1 ? text.length : text.indexOf('*/', at) + 1;
  return at;
}

/** The entries of the object literal that opens at `open`; read as text, never evaluated. */
export function entriesOf(source: string, open: number): LiteralEntry[] {
  const text = source.slice(open, open + CHARACTERS_MAX);
  const entries: LiteralEntry[] = [];
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
  for (let at = 0; at < text.length; at++) {
    at = skipped(text, at);
    const one = text[at];
    if (one === '{' || one === '(' || one === '[') depth++;
    else if (one === '}' || one === ')' || one === ']') {
      depth--;
      if (depth === 0) {
        take(at);
        return entries;
      }
    } else if (one === ',' && depth === 1) take(at);
  }
  return entries;
}
