import { type Node, parse, parseTree } from 'jsonc-parser';

/** No configuration nests deeper; the parser recurses, and strangers write what it reads. */
const DEPTH_MAX = 64;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

const TOLERANT = { allowTrailingComma: true, disallowComments: false, allowEmptyContent: true };

/** JSON with comments and trailing commas; undefined for what nests absurdly. */
export const parseTolerantJson = (text: string): unknown => (isTooDeep(text) ? undefined : parse(text, [], TOLERANT));

/** The same as a tree that knows its offsets. */
export const parseTolerantTree = (text: string): Node | undefined =>
  isTooDeep(text) ? undefined : parseTree(text, [], TOLERANT);
