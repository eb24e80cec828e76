import type { AnyNode } from 'acorn';
import type { HeldVariables } from './held-variables.ts';
import { knownOf } from './plain-start.ts';
import { bare, type Tree } from './tree.ts';

/** One need: names of which one must be set. A name null stands for something that is no variable. */
export type Clause = { names: readonly string[]; isOpen: boolean; orFlag: boolean };

const CLAUSES_MAX = 8;

/** Reads conditions as needs. */
export function createClauses(held: Pick<HeldVariables, 'heldBy' | 'isFlag'>) {
  const clauseOf = (tree: Tree, node: AnyNode): Clause | null => {
    const found = held.heldBy(tree, node);
    if (found) return { names: found.names, isOpen: found.orOther, orFlag: found.orFlag };
    return held.isFlag(node) ? { names: [], isOpen: false, orFlag: true } : null;
  };
  const isNothing = (node: AnyNode): boolean => {
    const at = bare(node);
    return (
      (at.type === 'Literal' && (at.value === null || at.value === '' || at.value === 0 || at.value === 'undefined')) ||
      (at.type === 'Identifier' && at.name === 'undefined') ||
      (at.type === 'UnaryExpression' && at.operator === 'void')
    );
  };

  /** The clauses that hold when the condition has this truth; null when it cannot be read. */
  function clauses(tree: Tree, condition: AnyNode, truth: boolean): Clause[] | 'always' | 'never' {
    const node = bare(condition);
    const known = knownOf(node);
    if (known !== null) return known === truth ? 'always' : 'never';
    if (node.type === 'UnaryExpression' && node.operator === '!') return clauses(tree, node.argument, !truth);
    if (node.type === 'LogicalExpression' && node.operator !== '??') {
      const parts = [clauses(tree, node.left, truth), clauses(tree, node.right, truth)];
      const isBoth = (node.operator === '&&') === truth;
      if (isBoth) {
        if (parts.includes('never')) return 'never';
        const read = parts.flatMap((part) => (typeof part === 'string' ? [] : part));
        return parts.every((part) => part === 'always') ? 'always' : read;
      }
      if (parts.includes('always')) return 'always';
      const [left, right] = parts.filter((part) => typeof part !== 'string');
      if (!left) return 'never';
      if (!right) return left;
      // Each side is cut first: the product of two long conditions would fill the memory.
      return left
        .slice(0, CLAUSES_MAX)
        .flatMap((one) =>
          right.slice(0, CLAUSES_MAX).map((other) => ({
            names: [...new Set([...one.names, ...other.names])],
            isOpen: one.isOpen || other.isOpen,
            orFlag: one.orFlag || other.orFlag,
          })),
        )
        .slice(0, CLAUSES_MAX);
    }
    if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator)) {
      const [left, right] = [node.left as AnyNode, node.right];
      const value = isNothing(right) ? left : isNothing(left) ? right : null;
      const isSet = node.operator.startsWith('!') === truth;
      if (value !== null && isSet) {
        const inner = value.type === 'UnaryExpression' && value.operator === 'typeof' ? value.argument : value;
        const clause = clauseOf(tree, inner);
        if (clause) return [clause];
      }
      return [{ names: [], isOpen: true, orFlag: false }];
    }
    // a value that holds is set; one that does not may be anything
    const clause = truth ? clauseOf(tree, node) : null;
    return [clause ?? { names: [], isOpen: true, orFlag: false }];
  }
  return clauses;
}
