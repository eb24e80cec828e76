import type { AnyNode } from 'acorn';
import { bare, keyOf } from './tree.ts';

const FLAGS = /^(?:argv|args|opts?|options|flags?|values|cli\w{0,20}|program|parsed\w{0,20})$/i;
const NOTHING = /^(?:undefined|null|NaN)$/;
/** A name with more meanings than these, as in minified code, means nothing. */
export const MEANINGS_MAX = 40;

/** `process.env`, `Bun.env`, `import.meta.env`, and names that stand for it. */
export function isEnvironment(node: AnyNode, aliases: ReadonlySet<string>): boolean {
  const at = bare(node);
  if (at.type === 'Identifier') return aliases.has(at.name);
  return (
    at.type === 'MemberExpression' &&
    keyOf(at) === 'env' &&
    ((at.object.type === 'Identifier' && /^(?:process|Bun|globalThis)$/.test(at.object.name)) ||
      (at.object.type === 'MemberExpression' && keyOf(at.object) === 'process') ||
      at.object.type === 'MetaProperty')
  );
}

/** Adds a meaning of a name, up to a limit that no name of a person's code reaches. */
export function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (list.length < MEANINGS_MAX) list.push(value);
}

/** True for a name that holds options of the command line. */
export const isFlagHolder = (node: AnyNode): boolean => node.type === 'Identifier' && FLAGS.test(node.name);

/** True for an option of the command line: `argv.token`, `program.opts().token`. */
export const isFlag = (node: AnyNode): boolean => {
  const at = bare(node);
  return (
    at.type === 'MemberExpression' &&
    (isFlagHolder(at.object) ||
      (at.object.type === 'CallExpression' && keyOf(bare(at.object.callee)) === 'opts') ||
      keyOf(at.object) === 'argv' ||
      keyOf(at.object) === 'flags')
  );
};

/** A variable that is declared empty holds what is assigned later. */
export const isEmpty = (value: AnyNode): boolean =>
  (value.type === 'Literal' && (value.value === '' || value.value === null)) ||
  (value.type === 'Identifier' && NOTHING.test(value.name));

/** `typeof a === 'string' ? a : null`: the value, where there is one. */
export function givenValue(expression: AnyNode): AnyNode {
  const node = bare(expression);
  if (node.type !== 'ConditionalExpression') return node;
  if (isEmpty(node.alternate)) return bare(node.consequent);
  return isEmpty(node.consequent) ? bare(node.alternate) : node;
}
