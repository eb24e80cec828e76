import type { AnyNode, CallExpression } from 'acorn';
import { usesYargs } from '../reads.ts';
import { bare, declaredNameOf, keyOf, stringOf, type Tree } from './tree.ts';

/** A subcommand of a program, by the call that declares it. A name that code puts together is empty. */
export type Subcommand = { name: string; isDefault: boolean };

/** Stands for a name that code puts together; no launch gives it. */
const COMPUTED_NAME = '<computed>';
const CHAIN_MAX = 200;
const VARIABLES_MAX = 400;

/** `get <path>`, `['serve', '$0']` and `{ command: 'get' }` name a subcommand; `$0` is the one that runs without a word. */
function subcommandIn({ arguments: given }: CallExpression): Subcommand {
  const [first] = given;
  const words =
    first?.type === 'ArrayExpression'
      ? first.elements.map((one) => stringOf(one))
      : [stringOf(first) ?? (first?.type === 'ObjectExpression' ? commandProperty(first) : null)];
  const [name = ''] = (words[0] ?? '').split(/\s/);
  const isDefault =
    words.some((word) => word?.startsWith('$0')) ||
    given.some(
      (one) =>
        one.type === 'ObjectExpression' &&
        one.properties.some(
          (property) =>
            keyOf(property) === 'isDefault' &&
            property.type === 'Property' &&
            property.value.type === 'Literal' &&
            property.value.value === true,
        ),
    );
  return { name, isDefault };
}

const commandProperty = (node: Extract<AnyNode, { type: 'ObjectExpression' }>): string | null =>
  node.properties.flatMap((one) =>
    one.type === 'Property' && keyOf(one) === 'command' ? [stringOf(one.value)] : [],
  )[0] ?? null;

const commandCall = (node: AnyNode): CallExpression | null =>
  node.type === 'CallExpression' && keyOf(bare(node.callee)) === 'command' && node.arguments.length > 0 ? node : null;

/** `command('get')` of commander is the subcommand; with a description, and in yargs, the call is the program itself. */
const isScope = (tree: Tree, { arguments: given }: CallExpression): boolean =>
  !usesYargs(tree.file.text) && (given.length === 1 || given[1]?.type === 'ObjectExpression');

/** The subcommand at the beginning of a chain: `program.command('get').description('…').option(…)`. */
function inChain(tree: Tree, call: AnyNode, variables: ReadonlyMap<string, Subcommand>): Subcommand | null {
  let at: AnyNode = call;
  for (let steps = 0; steps < CHAIN_MAX; steps++) {
    if (at.type === 'Identifier') return variables.get(at.name) ?? null;
    if (at.type !== 'CallExpression') return null;
    const own = at === call ? null : commandCall(at);
    if (own && isScope(tree, own)) return subcommandIn(own);
    const callee = bare(at.callee);
    if (callee.type !== 'MemberExpression') return null;
    at = bare(callee.object);
  }
  return null;
}

/** The subcommand whose builder or handler a node stands in: `.command('get', '…', (yargs) => yargs.option(…))`. */
function around(tree: Tree, node: AnyNode, builders: ReadonlyMap<string, Subcommand>): Subcommand | null {
  for (let at = tree.ownerOf(node); at; at = tree.ownerOf(at)) {
    const parent = tree.parentOf(at);
    const call = parent && commandCall(parent);
    if (call) return subcommandIn(call);
    const shared = builders.get(declaredNameOf(tree, at) ?? '');
    if (shared) return shared;
  }
  return null;
}

/**
 * Builders that subcommands share, by name: `.command('http', '…', listenerOptions)`. One that the default command
 * shares too belongs to it.
 */
function buildersIn(tree: Tree): Map<string, Subcommand> {
  const builders = new Map<string, Subcommand>();
  for (const node of tree.nodes) {
    const call = commandCall(node);
    if (!call || call.arguments.length < 2 || !usesYargs(tree.file.text)) continue;
    const own = subcommandIn(call);
    for (const given of call.arguments.slice(1)) {
      if (given.type !== 'Identifier' || builders.size >= VARIABLES_MAX) continue;
      if (own.isDefault || !builders.has(given.name)) builders.set(given.name, own);
    }
  }
  return builders;
}

/** The subcommand that runs a function: its handler, or the builder of its options. Null for one of the program itself. */
export function subcommandOf(tree: Tree, handler: AnyNode): Subcommand | null {
  const call = tree.parentOf(handler);
  if (call?.type !== 'CallExpression' || call.callee === handler) return null;
  const own = commandCall(call);
  if (own) return subcommandIn(own);
  return keyOf(bare(call.callee)) === 'action' ? inChain(tree, call, new Map()) : null;
}

/**
 * Finds the subcommand that each option belongs to, by the offset of the dot before `option`, `argument` or
 * `positional`. Options of the program itself are left out, as are those of its default command.
 */
export function subcommandsOfOptions(tree: Tree): Map<number, string> {
  const variables = new Map<string, Subcommand>();
  const builders = buildersIn(tree);
  const found = new Map<number, string>();
  for (const node of tree.nodes) {
    // `const get = program.command('get')`
    if (
      node.type === 'VariableDeclarator' &&
      node.id.type === 'Identifier' &&
      node.init &&
      variables.size < VARIABLES_MAX
    ) {
      const init = bare(node.init);
      const call = commandCall(init);
      const own = call ? subcommandIn(call) : inChain(tree, init, variables);
      if (own) variables.set(node.id.name, own);
    }
  }
  for (const node of tree.nodes) {
    if (node.type !== 'CallExpression') continue;
    const callee = bare(node.callee);
    const name = callee.type === 'MemberExpression' ? keyOf(callee) : null;
    if (
      callee.type !== 'MemberExpression' ||
      name === null ||
      !/^(?:option|requiredOption|argument|positional|addOption|options)$/.test(name)
    )
      continue;
    const own = inChain(tree, node, variables) ?? around(tree, node, builders);
    if (own && !own.isDefault) found.set(callee.property.start - 1, own.name || COMPUTED_NAME);
  }
  return found;
}

/** The subcommands that a program declares, and whether one of them, or the program itself, runs without a word. */
export function subcommandsIn(trees: readonly Tree[]): { names: string[]; hasDefault: boolean } {
  const names: string[] = [];
  let hasDefault = false;
  for (const tree of trees) {
    for (const node of tree.nodes) {
      if (node.type !== 'CallExpression') continue;
      if (commandCall(node)) {
        const own = subcommandIn(node);
        if (own?.name && names.length < VARIABLES_MAX) names.push(own.name);
        if (own?.isDefault) hasDefault = true;
      } else if (keyOf(bare(node.callee)) === 'action' && inChain(tree, node, new Map()) === null) {
        const callee = bare(node.callee);
        // `program.action(…)` runs without a subcommand
        if (callee.type === 'MemberExpression' && bare(callee.object).type === 'Identifier') hasDefault = true;
      }
    }
  }
  return { names: [...new Set(names)], hasDefault };
}
