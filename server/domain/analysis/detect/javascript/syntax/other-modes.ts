import type { AnyNode } from 'acorn';
import { type EnvFinding, evidenceOf } from '../../finding.ts';
import type { HeldVariables } from './held-variables.ts';
import type { StartPath } from './start-path.ts';
import { isFunction, type Tree } from './tree.ts';

/** A constant with more uses than these is no switch of one mode; each use is looked at. */
const USES_MAX = 20;

/** The uses of the constant that a read is kept in: `const check = process.env.X === 'true'`; null for another read. */
function usesOf(tree: Tree, read: AnyNode, named: ReadonlyMap<string, readonly AnyNode[]>): readonly AnyNode[] | null {
  let at: AnyNode | null = tree.parentOf(read);
  while (at && at.type !== 'VariableDeclarator' && !isFunction(at) && !at.type.endsWith('Statement'))
    at = tree.parentOf(at);
  if (at?.type !== 'VariableDeclarator' || at.id.type !== 'Identifier') return null;
  const { id } = at;
  const declaration = tree.parentOf(at);
  // another file may use what a module exports
  const isExported = declaration !== null && tree.parentOf(declaration)?.type.startsWith('Export');
  const all = named.get(id.name) ?? [];
  const uses = all.filter((one) => one !== id);
  return isExported || uses.length === 0 || uses.length > USES_MAX ? null : uses;
}

/** The places of a name in a file, keys of objects left out. */
function namedIn(tree: Tree): Map<string, AnyNode[]> {
  const named = new Map<string, AnyNode[]>();
  for (const node of tree.nodes) {
    if (node.type !== 'Identifier') continue;
    const parent = tree.parentOf(node);
    if (parent?.type === 'MemberExpression' && parent.property === node && !parent.computed) continue;
    if (parent?.type === 'Property' && parent.key === node && parent.value !== node) continue;
    const list = named.get(node.name);
    if (list) list.push(node);
    else named.set(node.name, [node]);
  }
  return named;
}

/** Variables that only another mode reads or uses, such as the server for HTTP. */
export function readsOfOtherModes(trees: readonly Tree[], held: HeldVariables, startPath: StartPath): EnvFinding[] {
  const reads = new Map<string, { tree: Tree; node: AnyNode; isElsewhere: boolean }[]>();
  for (const tree of trees) {
    let named: Map<string, AnyNode[]> | undefined;
    const isElsewhere = (node: AnyNode): boolean => {
      if (startPath(tree, node) === 'never') return true;
      named ??= namedIn(tree);
      return usesOf(tree, node, named)?.every((use) => startPath(tree, use) === 'never') ?? false;
    };
    for (const node of tree.nodes) {
      const name = node.type === 'MemberExpression' ? held.readOf(tree, node) : null;
      if (name === null) continue;
      const list = reads.get(name) ?? [];
      list.push({ tree, node, isElsewhere: isElsewhere(node) });
      reads.set(name, list);
    }
  }
  return [...reads].flatMap(([name, all]) => {
    const [first] = all;
    return first && all.every(({ isElsewhere }) => isElsewhere)
      ? [
          {
            name,
            evidence: evidenceOf('SOURCE_CODE', first.tree.file.path, first.tree.file.lineAt(first.node.start)),
            scope: 'http',
            isOfOtherMode: true,
          },
        ]
      : [];
  });
}
