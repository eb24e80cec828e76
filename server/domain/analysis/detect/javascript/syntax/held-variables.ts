import type { AnyNode, VariableDeclarator } from 'acorn';
import { ENV_NAME } from '../../finding.ts';
import { add, givenValue, isEmpty, isEnvironment, isFlag, MEANINGS_MAX } from './environment.ts';
import { createHandedOn } from './handed-on.ts';
import { type Binding, createScopes, type Held } from './scopes.ts';
import { bare, declaredNameOf, type FunctionNode, isFunction, keyOf, stringOf, type Tree } from './tree.ts';

const NOTHING = /^(?:undefined|null|NaN)$/;
const DEPTH_MAX = 6;
/** Expressions that are resolved for one program; code that needs more was written to keep a reader busy. */
const STEPS_MAX = 200_000;
/** Methods that leave a value what it is: `.trim()`, `String(x)`. */
const SAME_VALUE = /^(?:trim|toString|toLowerCase|toUpperCase|String|replace|valueOf|trimEnd)$/;

/** A function that reads the variable which its caller names, by the place of that parameter. */
export type Reader = { place: number; endsWithout: boolean };

/** Resolves expressions of a program to the variables of the environment that they hold. */
export function createHeldVariables(trees: readonly Tree[], constants: ReadonlyMap<string, string>) {
  let steps = 0;
  const handedOn = createHandedOn(trees);
  const scopes = createScopes();
  const properties = new Map<string, { tree: Tree; value: AnyNode }[]>();
  const aliases = new Map<Tree, Set<string>>();

  const declared = (name: string, binding: Omit<Binding, 'isDeclared'>): void =>
    scopes.bind(name, { ...binding, isDeclared: true });
  const one = (name: string): Held => ({ names: [name], orFlag: false, orOther: false });

  function declare(tree: Tree, node: VariableDeclarator): void {
    const owner = tree.ownerOf(node);
    const { id, init } = node;
    if (id.type === 'Identifier') {
      declared(id.name, { tree, owner, value: init && !isEmpty(init) ? init : null, held: null });
    } else if (id.type === 'ObjectPattern' && init && isEnvironment(init, aliases.get(tree) ?? new Set())) {
      for (const property of id.properties) {
        if (property.type !== 'Property') continue;
        const name = keyOf(property);
        const target = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
        const hasDefault = property.value.type === 'AssignmentPattern';
        if (name && ENV_NAME.test(name) && target.type === 'Identifier')
          declared(target.name, { tree, owner, value: null, held: hasDefault ? null : one(name) });
      }
    }
  }

  for (const tree of trees) {
    const own = new Set<string>();
    aliases.set(tree, own);
    for (const node of tree.nodes) {
      if (
        node.type === 'VariableDeclarator' &&
        node.id.type === 'Identifier' &&
        node.init &&
        isEnvironment(node.init, own)
      )
        own.add(node.id.name);
      // `function load(env = process.env)`
      if (node.type === 'AssignmentPattern' && node.left.type === 'Identifier' && isEnvironment(node.right, own))
        own.add(node.left.name);
    }
    for (const node of tree.nodes) {
      if (node.type === 'VariableDeclarator') declare(tree, node);
      else if (node.type === 'AssignmentExpression' && node.operator === '=') {
        if (node.left.type === 'Identifier')
          scopes.bind(node.left.name, {
            tree,
            owner: tree.ownerOf(node),
            value: node.right,
            held: null,
            isDeclared: false,
          });
        else {
          const key = keyOf(node.left);
          if (key) add(properties, key, { tree, value: node.right });
        }
      } else if (node.type === 'Property' && tree.parentOf(node)?.type === 'ObjectExpression') {
        const key = keyOf(node);
        if (key) add(properties, key, { tree, value: node.value });
      }
    }
  }

  const readers = new Map<FunctionNode, Reader | null>();
  /** Functions by name, for calls such as `requireEnv('A_KEY')`. */
  const functions = new Map<string, { tree: Tree; node: FunctionNode }[]>();
  for (const tree of trees) {
    for (const node of tree.nodes) {
      if (!isFunction(node)) continue;
      const parent = tree.parentOf(node);
      const name = declaredNameOf(tree, node) ?? (parent ? keyOf(parent) : null);
      if (name) add(functions, name, { tree, node });
    }
  }

  /** The place of the parameter that names a variable: `(name) => process.env[name]`. */
  function readerOf(tree: Tree, node: FunctionNode): Reader | null {
    const known = readers.get(node);
    if (known !== undefined) return known;
    readers.set(node, null);
    let found: Reader | null = null;
    let ends = false;
    for (const inside of tree.inside(node)) {
      if (inside.type === 'ThrowStatement') ends = true;
      if (
        inside.type === 'CallExpression' &&
        inside.callee.type === 'MemberExpression' &&
        keyOf(inside.callee) === 'exit'
      )
        ends = true;
      if (inside.type !== 'MemberExpression' || !inside.computed || inside.property.type !== 'Identifier') continue;
      if (!isEnvironment(inside.object, aliases.get(tree) ?? new Set())) continue;
      const { name } = inside.property;
      const place = node.params.findIndex((param) => param.type === 'Identifier' && param.name === name);
      if (place !== -1) found = { place, endsWithout: false };
    }
    // a second parameter is a default, or says that the variable is optional
    if (found) found = { ...found, endsWithout: ends && node.params.length === 1 };
    readers.set(node, found);
    return found;
  }

  /** The variable that a call reads through a helper, and whether the program ends without it. */
  function readThrough(tree: Tree, call: AnyNode): { name: string; endsWithout: boolean } | null {
    const node = bare(call);
    if (node.type !== 'CallExpression') return null;
    const callee = bare(node.callee);
    const name = callee.type === 'Identifier' ? callee.name : keyOf(callee);
    const all = name === null ? [] : (functions.get(name) ?? []);
    const near = all.filter((candidate) => candidate.tree === tree);
    for (const candidate of (near.length > 0 ? near : all).slice(0, 4)) {
      const reader = readerOf(candidate.tree, candidate.node);
      const argument = reader && node.arguments[reader.place];
      const word = argument
        ? (stringOf(argument) ?? (argument.type === 'Identifier' ? constants.get(argument.name) : null))
        : null;
      if (reader && word && ENV_NAME.test(word))
        return { name: word, endsWithout: reader.endsWithout && node.arguments.length === 1 };
    }
    return null;
  }

  function joined(left: Held | null, right: Held | null, rightNode: AnyNode): Held | null {
    if (left && right)
      return {
        names: [...new Set([...left.names, ...right.names])],
        orFlag: left.orFlag || right.orFlag,
        orOther: left.orOther || right.orOther,
      };
    const known = left ?? right;
    if (!known) return null;
    const other = left ? bare(rightNode) : null;
    if (other?.type === 'Literal' && (other.value === '' || other.value === null)) return known;
    if (other?.type === 'Identifier' && NOTHING.test(other.name)) return known;
    // a default fills the gap, so that nothing is missing
    if (other?.type === 'Literal' || other?.type === 'TemplateLiteral') return null;
    return { ...known, orOther: true };
  }

  function heldBy(tree: Tree, expression: AnyNode, depth = 0): Held | null {
    if (depth > DEPTH_MAX || steps++ > STEPS_MAX) return null;
    const node = bare(expression);
    switch (node.type) {
      case 'MemberExpression': {
        if (isEnvironment(node.object, aliases.get(tree) ?? new Set())) {
          const word =
            node.computed && node.property.type === 'Identifier' ? constants.get(node.property.name) : keyOf(node);
          return word && ENV_NAME.test(word) ? one(word) : null;
        }
        const key = keyOf(node);
        // `.length` of a value
        if (key === 'length') return heldBy(tree, node.object, depth + 1);
        const handed = handedOn(tree, node);
        const values = handed.length > 0 || key === null ? handed : (properties.get(key) ?? []);
        if (values.length >= MEANINGS_MAX) return null;
        const near = values.filter((value) => value.tree === tree);
        const held = (near.length > 0 && handed.length === 0 ? near : values).map((value) =>
          heldBy(value.tree, value.value, depth + 1),
        );
        const [first] = held.filter((value) => value !== null);
        // a property of that name which holds something else may be the one that is meant
        return first && held.every((value) => value && value.names.join() === first.names.join()) ? first : null;
      }
      case 'LogicalExpression': {
        if (node.operator === '&&') return null;
        const [left, right] = [heldBy(tree, node.left, depth + 1), heldBy(tree, node.right, depth + 1)];
        if (left && isFlag(givenValue(node.right))) return { ...left, orFlag: true };
        if (right && isFlag(givenValue(node.left))) return { ...right, orFlag: true };
        return joined(left, right, node.right);
      }
      case 'CallExpression': {
        const callee = bare(node.callee);
        const name = callee.type === 'Identifier' ? callee.name : keyOf(callee);
        if (name !== null && SAME_VALUE.test(name))
          return callee.type === 'MemberExpression'
            ? heldBy(tree, callee.object, depth + 1)
            : node.arguments[0]
              ? heldBy(tree, node.arguments[0], depth + 1)
              : null;
        const read = readThrough(tree, node);
        return read ? one(read.name) : null;
      }
      case 'ConditionalExpression': {
        const value = givenValue(node);
        return value === node ? null : heldBy(tree, value, depth + 1);
      }
      case 'Identifier': {
        const found = scopes.meaningsAt(tree, node, node.name);
        if (found.length > 4) return null;
        const held = found.flatMap((binding) =>
          binding.held ? [binding.held] : binding.value ? [heldBy(binding.tree, binding.value, depth + 1)] : [],
        );
        const known = held.filter((value) => value !== null);
        if (known.length === 0) return null;
        return {
          names: [...new Set(known.flatMap(({ names }) => names))],
          orFlag: known.some(({ orFlag }) => orFlag),
          // another assignment, as from a file, may give the value too
          orOther: known.length < held.length || known.some(({ orOther }) => orOther),
        };
      }
      default:
        return null;
    }
  }

  /** The variable that an expression reads itself: `process.env.NAME`. */
  function readOf(tree: Tree, node: AnyNode): string | null {
    if (node.type !== 'MemberExpression' || !isEnvironment(node.object, aliases.get(tree) ?? new Set())) return null;
    const name = keyOf(node);
    return name && ENV_NAME.test(name) ? name : null;
  }

  /** Variables that properties of this name hold, wherever objects are put together. */
  const namesOfProperty = (key: string): string[] => [
    ...new Set((properties.get(key) ?? []).flatMap(({ tree, value }) => heldBy(tree, value)?.names ?? [])),
  ];

  /** The names in a list: strings, or objects with a `name`. */
  function listOf(tree: Tree, expression: AnyNode): string[] {
    const node = bare(expression);
    if (node.type === 'Identifier') {
      const [only, ...others] = scopes.meaningsIn(tree, node.name);
      return only?.value && others.length === 0 && only.value.type !== 'Identifier' ? listOf(tree, only.value) : [];
    }
    if (node.type !== 'ArrayExpression') return [];
    return node.elements.flatMap((element) => {
      if (element?.type !== 'ObjectExpression') return stringOf(element) ?? [];
      const entries = element.properties.flatMap((one) =>
        one.type === 'Property' ? [[keyOf(one), one.value] as const] : [],
      );
      const isOptional = entries.some(
        ([key, value]) =>
          value.type === 'Literal' &&
          ((key === 'required' && value.value === false) || (key === 'optional' && value.value === true)),
      );
      return isOptional
        ? []
        : (entries.flatMap(([key, value]) => (key === 'name' || key === 'key' ? (stringOf(value) ?? []) : []))[0] ??
            []);
    });
  }

  /** True for `process.env[name]`, where the name is that of a parameter or of a loop. */
  const isReadBy = (tree: Tree, node: AnyNode, name: string): boolean =>
    node.type === 'MemberExpression' &&
    node.computed &&
    node.property.type === 'Identifier' &&
    node.property.name === name &&
    isEnvironment(node.object, aliases.get(tree) ?? new Set());

  return {
    heldBy: (tree: Tree, node: AnyNode) => heldBy(tree, node),
    readThrough,
    isFlag,
    readOf,
    namesOfProperty,
    listOf,
    isReadBy,
  };
}

export type HeldVariables = ReturnType<typeof createHeldVariables>;
