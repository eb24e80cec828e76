import type { AnyNode } from 'acorn';
import { add, MEANINGS_MAX } from './environment.ts';
import type { FunctionNode, Tree } from './tree.ts';

/** The variables of the environment that an expression holds. Several names stand in for each other. */
export type Held = {
  names: readonly string[];
  /** A flag of the command line does as well. */
  orFlag: boolean;
  /** Something else does as well: a file, a default that is computed. */
  orOther: boolean;
};

/** A value that a name of the program has; `owner` is the function that gives it, null for the module. */
export type Binding = {
  tree: Tree;
  owner: FunctionNode | null;
  value: AnyNode | null;
  held: Held | null;
  /** False for a later assignment. */
  isDeclared: boolean;
};

/** Keeps what names mean by the function that gives the meaning: minified code uses a letter for everything. */
export function createScopes() {
  const byName = new Map<string, Binding[]>();
  const ofModules = new Map<string, Binding[]>();
  const byOwner = new Map<FunctionNode | Tree, Map<string, Binding[]>>();

  const given = (owner: FunctionNode | Tree, name: string): readonly Binding[] => byOwner.get(owner)?.get(name) ?? [];

  return {
    bind(name: string, binding: Binding): void {
      add(byName, name, binding);
      if (binding.owner === null) add(ofModules, name, binding);
      const key = binding.owner ?? binding.tree;
      const own = byOwner.get(key) ?? new Map<string, Binding[]>();
      byOwner.set(key, own);
      add(own, name, binding);
    },

    /** The meanings of a name at a place; a function that declares the name hides those further out. */
    meaningsAt(tree: Tree, node: AnyNode, name: string): readonly Binding[] {
      const found: Binding[] = [];
      for (let at = tree.ownerOf(node); at; at = tree.ownerOf(at)) {
        const own = given(at, name);
        found.push(...own);
        if (own.some(({ isDeclared }) => isDeclared)) return found;
      }
      found.push(...given(tree, name));
      if (found.length > 0) return found;
      const elsewhere = ofModules.get(name) ?? [];
      return elsewhere.length < MEANINGS_MAX ? elsewhere : [];
    },

    /** Every meaning of a name in one file. */
    meaningsIn: (tree: Tree, name: string): Binding[] =>
      (byName.get(name) ?? []).filter((binding) => binding.tree === tree),
  };
}
