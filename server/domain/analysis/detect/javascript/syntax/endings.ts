import type { AnyNode } from 'acorn';
import { bare, declaredNameOf, isFunction, keyOf, type Tree } from './tree.ts';

/** True for code that ends the program or throws whenever it is reached. */
export function ends(tree: Tree, node: AnyNode, ending: ReadonlySet<string>): boolean {
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
      return node.argument ? ends(tree, node.argument, ending) : false;
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
      if (callee.type === 'Identifier') return ending.has(callee.name);
      return false;
    }
    default:
      return false;
  }
}

/** Names of functions that end the program on every way through them. */
export function endingFunctions(trees: readonly Tree[]): Set<string> {
  const names = new Set<string>();
  for (const tree of trees) {
    for (const node of tree.nodes) {
      if (!isFunction(node)) continue;
      const name = declaredNameOf(tree, node);
      if (name && ends(tree, node.body, names)) names.add(name);
    }
  }
  return names;
}
