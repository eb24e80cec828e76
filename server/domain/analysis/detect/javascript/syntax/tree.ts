import { stripTypeScriptTypes } from 'node:module';
import { type AnyNode, type Program, parse, type SequenceExpression } from 'acorn';
import type { CodeFile } from '../../code/code-file.ts';

export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

/** A file of JavaScript as a syntax tree. Offsets are those of the file. */
export type Tree = {
  file: CodeFile;
  /** Every node, parents before their children. */
  nodes: readonly AnyNode[];
  parentOf: (node: AnyNode) => AnyNode | null;
  /** The function that a node stands in; null at the level of the module. */
  ownerOf: (node: AnyNode) => FunctionNode | null;
  /** The nodes inside of a node, parents before their children. */
  inside: (node: AnyNode) => Generator<AnyNode>;
};

/** A larger file is a bundle, whose libraries would be read as the server's own code. */
const CHARACTERS_MAX = 400_000;
const NODES_MAX = 400_000;

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** The children of a node in the order of the source. */
function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  // the parser makes plain objects, which have no inherited keys
  for (const key in node) {
    const value: unknown = node[key as keyof AnyNode];
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const one of value) if (isNode(one)) children.push(one);
    } else if (isNode(value)) children.push(value);
  }
  return children;
}

/** Types are blanked, so that offsets stay. Constructs with code of their own, such as enums, have no tree. */
const scriptOf = ({ path, text }: CodeFile): string =>
  /\.[cm]?tsx?$/.test(path) ? stripTypeScriptTypes(text) : text.replace(/^#![^\n]*/, (line) => ' '.repeat(line.length));

function parseFile(file: CodeFile): Tree | null {
  if (file.text.length > CHARACTERS_MAX) return null;
  let program: Program;
  try {
    const options = {
      ecmaVersion: 'latest',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
    } as const;
    const script = scriptOf(file);
    try {
      program = parse(script, { ...options, sourceType: 'module' });
    } catch {
      program = parse(script, { ...options, sourceType: 'script' });
    }
  } catch {
    return null; // a template, JSX, or nested beyond the stack
  }
  const parents = new Map<AnyNode, AnyNode>();
  const owners = new Map<AnyNode, FunctionNode | null>();
  const nodes: AnyNode[] = [];
  const open: AnyNode[] = [program];
  for (let node = open.pop(); node; node = open.pop()) {
    nodes.push(node);
    if (nodes.length > NODES_MAX) return null;
    const children = childrenOf(node);
    const owner = isFunction(node) ? node : (owners.get(node) ?? null);
    for (const child of children) {
      parents.set(child, node);
      owners.set(child, owner);
    }
    for (let at = children.length - 1; at >= 0; at--) open.push(children[at] as AnyNode);
  }
  const places = new Map(nodes.map((node, at) => [node, at]));
  function* inside(node: AnyNode): Generator<AnyNode> {
    const from = places.get(node) ?? nodes.length;
    for (let at = from + 1; at < nodes.length; at++) {
      const one = nodes[at];
      if (!one || one.start >= node.end) return;
      yield one;
    }
  }
  return {
    file,
    nodes,
    parentOf: (node) => parents.get(node) ?? null,
    ownerOf: (node) => owners.get(node) ?? null,
    inside,
  };
}

const known = new WeakMap<CodeFile, Tree | null>();

/** The tree of a file, parsed once; null for a bundle and for what does not parse. */
export function treeOf(file: CodeFile): Tree | null {
  const found = known.get(file);
  if (found !== undefined) return found;
  const tree = parseFile(file);
  known.set(file, tree);
  return tree;
}

export const isFunction = (node: AnyNode): node is FunctionNode =>
  node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

/** The name that a function is declared with: `function f() {}`, `const f = () => …`. */
export function declaredNameOf(tree: Tree, node: FunctionNode): string | null {
  if (node.type === 'FunctionDeclaration') return node.id?.name ?? null;
  const parent = tree.parentOf(node);
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : null;
}

/** The text of a string literal or of a template without gaps. */
export function stringOf(node: AnyNode | null | undefined): string | null {
  if (node?.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return null;
}

/** The name of a property: `a.name`, `a['name']`, `{ name: … }`. */
export function keyOf(node: AnyNode): string | null {
  if (node.type === 'MemberExpression') {
    if (node.computed) return stringOf(node.property);
    return node.property.type === 'Identifier' ? node.property.name : null;
  }
  if (node.type === 'Property' || node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') {
    if (!node.computed && node.key.type === 'Identifier') return node.key.name;
    return stringOf(node.key);
  }
  return null;
}

/** `(0, module_1.start)(…)`: compilers call a function of another module like this. */
const isDetached = (node: AnyNode): node is SequenceExpression =>
  node.type === 'SequenceExpression' && node.expressions.length === 2 && node.expressions[0]?.type === 'Literal';

/** Without what wraps an expression and leaves its value: parentheses of a chain, `await`, a detached function. */
export function bare(node: AnyNode): AnyNode {
  let at = node;
  for (;;) {
    if (at.type === 'AwaitExpression') at = at.argument;
    else if (at.type === 'ChainExpression' || at.type === 'ParenthesizedExpression') at = at.expression;
    else if (isDetached(at))
      at = at.expressions[1] as AnyNode; // it has two
    else return at;
  }
}
