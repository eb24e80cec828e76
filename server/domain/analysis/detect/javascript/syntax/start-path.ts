import type { AnyNode } from 'acorn';
import { createImportResolver } from '../../module-graph.ts';
import { subcommandOf, subcommandsIn } from './command-scope.ts';
import { HTTP_WORD, knownOf } from './plain-start.ts';
import { bare, type FunctionNode, isFunction, keyOf, stringOf, type Tree } from './tree.ts';

/**
 * How a start for stdio reaches a place: `sure` on every start, `maybe` under a condition that the code alone does not
 * decide, `never` in another mode such as HTTP, `later` only after the start, in the handler of a tool for instance.
 */
export type Reach = 'sure' | 'maybe' | 'never' | 'later';

/** Calls that run a function which they are given at once, or with the command that the program is started with. */
const RUNS_AT_ONCE =
  /^(?:then|finally|forEach|map|flatMap|filter|reduce|some|every|find|action|runMain|Promise|all|allSettled|main|run|preAction|pipe|gen|runPromise)$/;
const SAME_NAME_MAX = 3;
const NAMED_MAX = 200;
const MODE_DEPTH_MAX = 6;
const STDIO_COMMAND = /^(?:stdio|mcp|serve|server|start|run)$/i;

/** The names under which a function can be called. */
function nameOf(tree: Tree, node: FunctionNode): string | null {
  if (node.type === 'FunctionDeclaration' && node.id) return node.id.name;
  let parent = tree.parentOf(node);
  // `const f = async () => …`, also behind a wrapper: `const f = memo(() => …)`
  if (parent?.type === 'CallExpression' && parent.callee !== node) parent = tree.parentOf(parent);
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id.name;
  if (parent?.type === 'AssignmentExpression')
    return parent.left.type === 'Identifier' ? parent.left.name : keyOf(parent.left);
  if (parent?.type === 'MethodDefinition' && parent.kind === 'constructor') {
    const owner = tree.parentOf(tree.parentOf(parent) ?? parent);
    if (owner?.type === 'ClassDeclaration' || owner?.type === 'ClassExpression') {
      const holder = tree.parentOf(owner);
      return (
        owner.id?.name ??
        (holder?.type === 'VariableDeclarator' && holder.id.type === 'Identifier' ? holder.id.name : null)
      );
    }
  }
  return parent &&
    (parent.type === 'MethodDefinition' || parent.type === 'Property' || parent.type === 'PropertyDefinition')
    ? keyOf(parent)
    : null;
}

/** Adds a value to the list under a key. */
function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const weaker = (a: Reach, b: Reach): Reach => {
  const order: Reach[] = ['never', 'later', 'maybe', 'sure'];
  return order.indexOf(a) < order.indexOf(b) ? a : b;
};

/** What a `switch` is over when it chooses the mode of a program: a word of the command line, a command, a transport. */
const MODE_NAME =
  /^(?:argv|args?|word|cmd|command|sub_?command|action|verb|mode|transport\w{0,10}|\w{0,20}(?:Command|Mode|Transport))$/i;

function choosesMode(discriminant: AnyNode): boolean {
  let at = bare(discriminant);
  // `transport.toLowerCase()`, `process.argv[2]`, `argv._[0]`
  for (let depth = 0; depth < MODE_DEPTH_MAX; depth++) {
    const name = at.type === 'Identifier' ? at.name : keyOf(at);
    if (name !== null && MODE_NAME.test(name)) return true;
    if (at.type === 'CallExpression') at = bare(at.callee);
    else if (at.type === 'MemberExpression') at = bare(at.object);
    else if (at.type === 'LogicalExpression') at = bare(at.left);
    else return false;
  }
  return false;
}

/** The reach of a branch of a statement, from what is known of its condition. */
function branchReach(parent: AnyNode, child: AnyNode, holder: AnyNode | null): Reach {
  switch (parent.type) {
    case 'IfStatement':
    case 'ConditionalExpression': {
      if (child === parent.test) return 'sure';
      const known = knownOf(parent.test);
      if (known === null) return 'maybe';
      return known === (child === parent.consequent) ? 'sure' : 'never';
    }
    case 'LogicalExpression': {
      if (child === parent.left) return 'sure';
      const known = knownOf(parent.left);
      if (known === null) return 'maybe';
      return known === (parent.operator === '&&') ? 'sure' : 'never';
    }
    case 'SwitchCase': {
      if (child === parent.test) return 'sure';
      if (!parent.test) return 'sure';
      const word = stringOf(parent.test);
      if (word === null) return 'maybe';
      if (STDIO_COMMAND.test(word)) return 'sure';
      // a switch over names of tools, or over ways to sign in, chooses no mode of the program
      return HTTP_WORD.test(word) || (holder?.type === 'SwitchStatement' && choosesMode(holder.discriminant))
        ? 'never'
        : 'maybe';
    }
    case 'CatchClause':
      return 'maybe';
    default:
      return 'sure';
  }
}

/** The reach of a place from the beginning of its own function, or of the module. */
export function reachWithin(tree: Tree, node: AnyNode): Reach {
  let reach: Reach = 'sure';
  for (
    let at = node, parent = tree.parentOf(node);
    parent && !isFunction(at);
    at = parent, parent = tree.parentOf(at)
  ) {
    reach = weaker(reach, branchReach(parent, at, tree.parentOf(parent)));
    if (isFunction(parent)) break;
  }
  return reach;
}

/** True where the program starts a server without a word, or with one that says so. */
function startsByCommand(trees: readonly Tree[]): boolean {
  const { names, hasDefault } = subcommandsIn(trees.filter(({ file }) => file.text.includes('.command(')));
  return hasDefault || names.some((name) => STDIO_COMMAND.test(name));
}

/** True for a function that runs where it stands: called at once, or given to `then`, `map`, `action` and the like. */
function runsInPlace(tree: Tree, node: FunctionNode): boolean {
  const parent = tree.parentOf(node);
  if (!parent) return false;
  if (parent.type === 'CallExpression' || parent.type === 'NewExpression') {
    if (bare(parent.callee) === node) return true;
    const callee = bare(parent.callee);
    const name = callee.type === 'Identifier' ? callee.name : keyOf(callee);
    return name !== null && RUNS_AT_ONCE.test(name);
  }
  return false;
}

export type StartPath = (tree: Tree, node: AnyNode) => Reach;

/** The file that a node loads: a static import, `require('./x')`, `import('./x')`. */
function importedBy(node: AnyNode): string | null {
  if (
    node.type === 'ImportDeclaration' ||
    node.type === 'ExportAllDeclaration' ||
    node.type === 'ExportNamedDeclaration'
  )
    return stringOf(node.source);
  if (node.type === 'ImportExpression') return stringOf(node.source);
  const isRequire =
    node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'require';
  return isRequire ? stringOf(node.arguments[0]) : null;
}

/**
 * Decides for every place in the code of a program whether a start for stdio comes by. Without the path of its `entry`
 * every file counts as loaded.
 */
export function startPathOf(trees: readonly Tree[], entry: string | undefined): StartPath {
  const resolve = createImportResolver(trees.map(({ file }) => file.path));
  const byPath = new Map(trees.map((tree) => [tree.file.path, tree]));
  const loads = new Map<FunctionNode | Tree, { tree: Tree; node: AnyNode; target: Tree }[]>();
  const first = entry === undefined ? undefined : byPath.get(resolve('', entry) ?? '');
  const named = new Map<string, { tree: Tree; node: FunctionNode }[]>();
  const calls = new Map<FunctionNode | Tree, { name: string; isMember: boolean; node: AnyNode; tree: Tree }[]>();
  /** Functions by the one that they stand in. */
  const inPlace = new Map<FunctionNode | Tree, { tree: Tree; node: FunctionNode; reach: Reach }[]>();
  const isStartedByCommand = startsByCommand(trees);
  /**
   * A function that is handed on runs later; the handler of a subcommand runs at once, or in another mode. Null for a
   * function that others call by its name.
   */
  const reachInPlace = (tree: Tree, node: FunctionNode): Reach | null => {
    const parent = tree.parentOf(node)?.type;
    if (parent !== 'CallExpression' && parent !== 'NewExpression') return null;
    const command = subcommandOf(tree, node);
    if (command === null) return runsInPlace(tree, node) ? 'sure' : 'later';
    if (command.isDefault || STDIO_COMMAND.test(command.name)) return 'sure';
    return isStartedByCommand && command.name !== '' ? 'never' : runsInPlace(tree, node) ? 'sure' : 'later';
  };
  for (const tree of trees) {
    for (const node of tree.nodes) {
      const owner = tree.ownerOf(node) ?? tree;
      const specifier = importedBy(node);
      const target = specifier?.startsWith('.') ? byPath.get(resolve(tree.file.path, specifier) ?? '') : undefined;
      if (target) add(loads, owner, { tree, node, target });
      if (isFunction(node)) {
        const name = nameOf(tree, node);
        if (name !== null) add(named, name, { tree, node });
        const reach = reachInPlace(tree, node);
        if (reach !== null) add(inPlace, owner, { tree, node, reach });
      } else if (node.type === 'CallExpression' || node.type === 'NewExpression') {
        const callee = bare(node.callee);
        const name = callee.type === 'Identifier' ? callee.name : keyOf(callee);
        const isMember = callee.type === 'MemberExpression';
        if (name !== null) add(calls, owner, { name, isMember, node, tree });
      }
    }
  }

  const roots = first ? [first] : trees;
  const reached = new Map<FunctionNode | Tree, Reach>(roots.map((tree) => [tree, 'sure']));
  const open: (FunctionNode | Tree)[] = [...roots];
  const visit = (node: FunctionNode | Tree, reach: Reach) => {
    const before = reached.get(node);
    if (before !== undefined && weaker(before, reach) === reach) return;
    reached.set(node, reach);
    open.push(node);
  };
  for (let owner = open.pop(); owner; owner = open.pop()) {
    const own = reached.get(owner) ?? 'later';
    for (const { tree, node, target } of loads.get(owner) ?? []) visit(target, weaker(own, reachWithin(tree, node)));
    for (const { tree, node, reach } of inPlace.get(owner) ?? [])
      visit(node, weaker(weaker(own, reach), reachWithin(tree, node)));
    for (const { name, isMember, node, tree } of calls.get(owner) ?? []) {
      const all = named.get(name) ?? [];
      if (all.length > NAMED_MAX) continue;
      const near = all.filter((one) => one.tree === tree);
      const found = near.length > 0 ? near : all;
      // a name that many functions have, as in minified code, leads nowhere
      if (found.length > (isMember ? 1 : SAME_NAME_MAX)) continue;
      for (const target of found) visit(target.node, weaker(own, reachWithin(tree, node)));
    }
  }
  return (tree, node) => {
    const owner = isFunction(node) ? node : tree.ownerOf(node);
    const from = reached.get(owner ?? tree) ?? 'later';
    return isFunction(node) ? from : weaker(from, reachWithin(tree, node));
  };
}
