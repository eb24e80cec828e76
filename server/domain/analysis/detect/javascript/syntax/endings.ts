import type { AnyNode, ReturnStatement } from 'acorn';
import { add } from './environment.ts';
import { bare, declaredNameOf, type FunctionNode, isFunction, keyOf, type Tree } from './tree.ts';

/** The ways in which a program ends other than by itself. */
export type Endings = {
  /** Names of functions that end the program on every way through them. */
  functions: ReadonlySet<string>;
  /** Functions that refuse: their caller ends the program when they return false. */
  refusing: ReadonlySet<FunctionNode>;
};

/** The key of a result that says whether it is one. */
const OUTCOME = /^(?:ok|success|valid|isValid|succeeded)$/;

/** True for code that ends the program or throws whenever it is reached. */
export function ends(tree: Tree, node: AnyNode, ending: Endings): boolean {
  switch (node.type) {
    case 'ThrowStatement':
      return true;
    case 'BlockStatement':
      return node.body.some((one) => ends(tree, one, ending));
    case 'ExpressionStatement':
      return ends(tree, node.expression, ending);
    case 'SequenceExpression':
      return node.expressions.some((one) => ends(tree, one, ending));
    case 'ReturnStatement':
      return node.argument ? ends(tree, node.argument, ending) || isRefusal(tree, node, ending) : false;
    case 'AwaitExpression':
    case 'ChainExpression':
      return ends(tree, bare(node), ending);
    case 'UnaryExpression':
      return ends(tree, node.argument, ending);
    case 'TryStatement':
      return node.handler ? false : ends(tree, node.block, ending);
    case 'IfStatement':
      return (
        Boolean(node.alternate) && ends(tree, node.consequent, ending) && ends(tree, node.alternate as AnyNode, ending)
      );
    case 'CallExpression': {
      const callee = bare(node.callee);
      if (callee.type === 'MemberExpression')
        return keyOf(callee) === 'exit' && callee.object.type === 'Identifier' && callee.object.name === 'process';
      if (callee.type === 'Identifier') return ending.functions.has(callee.name);
      return false;
    }
    default:
      return false;
  }
}

/** `return false`, `return { ok: false, … }` in a function whose caller ends the program then. */
function isRefusal(tree: Tree, node: ReturnStatement, { refusing }: Endings): boolean {
  const owner = tree.ownerOf(node);
  if (owner === null || !refusing.has(owner)) return false;
  const value = node.argument;
  if (value?.type !== 'ObjectExpression') return value?.type === 'Literal' && value.value === false;
  return value.properties.some(
    (one) =>
      one.type === 'Property' &&
      OUTCOME.test(keyOf(one) ?? '') &&
      one.value.type === 'Literal' &&
      one.value.value === false,
  );
}

/** Finds how a program ends: functions that exit or throw, and functions whose refusal makes their caller do so. */
export function endingsOf(trees: readonly Tree[]): Endings {
  const functions = new Set<string>();
  const refusing = new Set<FunctionNode>();
  const ending = { functions, refusing };
  const named = new Map<string, FunctionNode[]>();
  for (const tree of trees) {
    for (const node of tree.nodes) {
      if (!isFunction(node)) continue;
      const name = declaredNameOf(tree, node);
      if (!name) continue;
      add(named, name, node);
      if (ends(tree, node.body, ending)) functions.add(name);
    }
  }
  for (const tree of trees) {
    const initials = initialsIn(tree);
    for (const node of tree.nodes) {
      if (node.type !== 'IfStatement' || !ends(tree, node.consequent, ending)) continue;
      const name = refusedCall(tree, node.test, initials);
      const [only, ...others] = name === null ? [] : (named.get(name) ?? []);
      // a name that several functions have may mean another one
      if (only && others.length === 0) refusing.add(only);
    }
  }
  return ending;
}

/** The name of the function in `!check()`, also through a variable and its outcome: `const read = check(); if (!read.ok) …`. */
function refusedCall(tree: Tree, test: AnyNode, initials: Initials): string | null {
  const node = bare(test);
  if (node.type !== 'UnaryExpression' || node.operator !== '!') return null;
  const whole = bare(node.argument);
  const isOutcome = whole.type === 'MemberExpression' && OUTCOME.test(keyOf(whole) ?? '');
  const asked = isOutcome ? bare(whole.object) : whole;
  const call = asked.type === 'Identifier' ? initials(blockOf(tree, test), asked.name) : asked;
  if (call?.type !== 'CallExpression') return null;
  const callee = bare(call.callee);
  return callee.type === 'Identifier' ? callee.name : null;
}

/** The value that a variable was declared with among the statements of a block. */
type Initials = (block: AnyNode | null, name: string) => AnyNode | null;

/** The block that a statement with this condition stands in. */
function blockOf(tree: Tree, condition: AnyNode): AnyNode | null {
  const statement = tree.parentOf(condition);
  return (statement && tree.parentOf(statement)) ?? null;
}

function initialsIn(tree: Tree): Initials {
  const blocks = new Map<AnyNode, Map<string, AnyNode | null>>();
  for (const node of tree.nodes) {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') continue;
    const block = blockOf(tree, node);
    if (!block) continue;
    const known = blocks.get(block) ?? new Map<string, AnyNode | null>();
    blocks.set(block, known.set(node.id.name, node.init ? bare(node.init) : null));
  }
  return (block, name) => (block && blocks.get(block)?.get(name)) ?? null;
}
