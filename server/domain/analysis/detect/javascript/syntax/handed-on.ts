import type { AnyNode, CallExpression, NewExpression, ObjectExpression } from 'acorn';
import { add } from './environment.ts';
import { bare, type FunctionNode, isFunction, keyOf, type Tree } from './tree.ts';

/** A value under a key of an object, where it is written. */
export type PlacedValue = { tree: Tree; value: AnyNode };

type Call = { tree: Tree; node: CallExpression | NewExpression };
type PlacedObject = { tree: Tree; object: ObjectExpression };

/** Longer ways from a caller to a check are no person's code. */
const DEPTH_MAX = 6;
const CALLERS_MAX = 4;
/** Objects that are looked for in one program; code that needs more was written to keep a reader busy. */
const STEPS_MAX = 50_000;

const calleeName = ({ node }: Call): string | null => {
  const callee = bare(node.callee);
  return callee.type === 'Identifier' ? callee.name : keyOf(callee);
};

/** The names that a function is called by: its own, that of its constant or method, its class's for a constructor. */
function namesOf(tree: Tree, node: FunctionNode): string[] {
  if (node.type === 'FunctionDeclaration' && node.id) return [node.id.name];
  const parent = tree.parentOf(node);
  if (parent?.type === 'VariableDeclarator') return parent.id.type === 'Identifier' ? [parent.id.name] : [];
  if (parent?.type !== 'MethodDefinition') return [];
  if (parent.kind !== 'constructor') return [keyOf(parent) ?? []].flat();
  const owner = tree.parentOf(tree.parentOf(parent) ?? parent);
  return owner?.type === 'ClassDeclaration' && owner.id ? [owner.id.name] : [];
}

/**
 * Finds what stands under a key of an object that a caller hands on: `check(load())`, where `load` returns
 * `{ url: process.env.A_URL }` and `check` looks at `config.url`.
 */
export function createHandedOn(trees: readonly Tree[]) {
  let steps = 0;
  const functions = new Map<string, { tree: Tree; node: FunctionNode }[]>();
  const calls = new Map<string, Call[]>();
  /** The values of constants by the function that they stand in; null for a name with several. */
  const constants = new Map<FunctionNode | Tree, Map<string, AnyNode | null>>();
  for (const tree of trees) {
    for (const node of tree.nodes) {
      if (isFunction(node)) for (const name of namesOf(tree, node)) add(functions, name, { tree, node });
      else if (node.type === 'CallExpression' || node.type === 'NewExpression') {
        const name = calleeName({ tree, node });
        if (name !== null) add(calls, name, { tree, node });
      } else if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') {
        const owner = tree.ownerOf(node) ?? tree;
        const own = constants.get(owner) ?? new Map<string, AnyNode | null>();
        constants.set(owner, own.set(node.id.name, own.has(node.id.name) ? null : (node.init ?? null)));
      }
    }
  }

  /** The objects that a function returns. */
  function returnedBy(tree: Tree, fn: FunctionNode, depth: number): PlacedObject[] {
    if (fn.body.type !== 'BlockStatement') return objectsOf(tree, fn.body, depth);
    return [...tree.inside(fn)].flatMap((node) =>
      node.type === 'ReturnStatement' && node.argument && tree.ownerOf(node) === fn
        ? objectsOf(tree, node.argument, depth)
        : [],
    );
  }

  /** The objects that callers give a function in the place of a parameter. A name that several functions have says nothing. */
  function givenTo(tree: Tree, fn: FunctionNode, place: number, depth: number): PlacedObject[] {
    return namesOf(tree, fn).flatMap((name) => {
      const callers = calls.get(name) ?? [];
      if ((functions.get(name) ?? []).length !== 1 || callers.length > CALLERS_MAX) return [];
      return callers.flatMap((call) => {
        const argument = call.node.arguments[place];
        return argument ? objectsOf(call.tree, argument, depth) : [];
      });
    });
  }

  function objectsOf(tree: Tree, expression: AnyNode, depth: number): PlacedObject[] {
    if (depth > DEPTH_MAX || steps++ > STEPS_MAX) return [];
    const node = bare(expression);
    if (node.type === 'ObjectExpression') return [{ tree, object: node }];
    if (node.type === 'CallExpression' || node.type === 'NewExpression') {
      const [only, ...others] = functions.get(calleeName({ tree, node }) ?? '') ?? [];
      return only && others.length === 0 ? returnedBy(only.tree, only.node, depth + 1) : [];
    }
    return node.type === 'Identifier' ? objectsUnder(tree, node, node.name, depth) : [];
  }

  /** The objects of a name: a parameter of a function around, or a constant beside. */
  function objectsUnder(tree: Tree, at: AnyNode, name: string, depth: number): PlacedObject[] {
    let owner = tree.ownerOf(at);
    for (; ; owner = tree.ownerOf(owner)) {
      const place = owner?.params.findIndex((param) => param.type === 'Identifier' && param.name === name) ?? -1;
      if (owner && place !== -1) return givenTo(tree, owner, place, depth + 1);
      const own = constants.get(owner ?? tree);
      if (own?.has(name)) {
        const value = own.get(name);
        return value ? objectsOf(tree, value, depth + 1) : [];
      }
      if (!owner) return [];
    }
  }

  function under({ tree, object }: PlacedObject, key: string, depth: number): PlacedValue[] {
    const own = object.properties.find((one) => one.type === 'Property' && keyOf(one) === key);
    if (own?.type === 'Property') return [{ tree, value: own.value }];
    return object.properties.flatMap((one) =>
      one.type === 'SpreadElement'
        ? objectsOf(tree, one.argument, depth + 1).flatMap((spread) => under(spread, key, depth + 1))
        : [],
    );
  }

  /** The values of `config.key`, as the callers of the function around put them together; empty where they do not. */
  return (tree: Tree, node: AnyNode): PlacedValue[] => {
    const key = node.type === 'MemberExpression' ? keyOf(node) : null;
    if (node.type !== 'MemberExpression' || key === null) return [];
    const holder = bare(node.object);
    if (holder.type !== 'Identifier') return [];
    return objectsUnder(tree, holder, holder.name, 0).flatMap((object) => under(object, key, 0));
  };
}
