import type { AnyNode } from 'acorn';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../../finding.ts';
import { type Clause, createClauses } from './clauses.ts';
import { type Endings, endingsOf, ends } from './endings.ts';
import { companionsIn, listNeeds, REQUIREMENTS, schemaNeeds } from './further-needs.ts';
import type { HeldVariables } from './held-variables.ts';
import { readsOfOtherModes } from './other-modes.ts';
import { parsedSchemas } from './parsed-schemas.ts';
import type { Reach, StartPath } from './start-path.ts';
import { bare, isFunction, keyOf, type Tree } from './tree.ts';

const NAMES_MAX = 6;
const CHECKS = /^(?:assert|invariant|ok|assertEnv|assertDefined)$/;

/** True where a `try` of the same function keeps the program alive after what is thrown there. */
function isCaught(tree: Tree, node: AnyNode, ending: Endings): boolean {
  for (
    let at = node, parent = tree.parentOf(node);
    parent && !isFunction(at);
    at = parent, parent = tree.parentOf(at)
  ) {
    if (parent.type === 'TryStatement' && at === parent.block && parent.handler)
      return !parent.handler.body.body.some((one) => ends(tree, one, ending));
  }
  return false;
}

type Needs = { tree: Tree; node: AnyNode; clauses: Clause[]; reach: Reach; isExit: boolean };

/**
 * Proves which variables a program needs: guards, checks and readers on the way of a start for stdio. A need behind a
 * condition that the code does not decide proves nothing; one in the handler of a tool makes the tool fail.
 */
export function provenNeeds(trees: readonly Tree[], held: HeldVariables, startPath: StartPath): EnvFinding[] {
  const ending = endingsOf(trees);
  const clausesOf = createClauses(held);
  const found: Needs[] = [];
  const push = (tree: Tree, node: AnyNode, read: Clause[] | 'always' | 'never', isExit = true) => {
    if (typeof read === 'string' || read.length === 0) return;
    const isThrown = isCaught(tree, node, ending);
    const reach = startPath(tree, node);
    found.push({ tree, node, clauses: read, reach: isThrown && reach === 'sure' ? 'later' : reach, isExit });
  };

  for (const tree of trees) {
    for (const node of tree.nodes) {
      if (node.type === 'IfStatement') {
        if (ends(tree, node.consequent, ending)) push(tree, node, clausesOf(tree, node.test, false));
        else if (node.alternate && ends(tree, node.alternate, ending))
          push(tree, node, clausesOf(tree, node.test, true));
      } else if (node.type === 'LogicalExpression' && ends(tree, node.right, ending)) {
        // `key || fail('…')`, `!key && fail('…')`
        push(tree, node, clausesOf(tree, node.left, node.operator !== '&&'));
      } else if (node.type === 'CallExpression') {
        const callee = bare(node.callee);
        const name = callee.type === 'Identifier' ? callee.name : keyOf(callee);
        const first = node.arguments[0];
        if (name !== null && CHECKS.test(name) && first) push(tree, node, clausesOf(tree, first, true));
        const read = held.readThrough(tree, node);
        if (read?.endsWithout) push(tree, node, [{ names: [read.name], isOpen: false, orFlag: false }]);
        if ((name === 'refine' || name === 'superRefine') && first && isFunction(first))
          for (const clauses of refinements(tree, first, name === 'refine')) push(tree, node, clauses);
      }
    }
  }
  return [
    ...findingsOf(found),
    ...trees.flatMap((tree) => [...companionsIn(tree, held, ending), ...schemaNeeds(tree, held)]),
    ...parsedSchemas(trees, held, startPath, ending),
    ...listNeeds(trees, held, startPath, ending),
    ...readsOfOtherModes(trees, held, startPath),
  ];
}

/** A schema's `.refine((data) => data.A || data.B)`: its own properties are the variables. */
function refinements(tree: Tree, check: AnyNode & { params: unknown[] }, isTruth: boolean): Clause[][] {
  const [parameter] = check.params as AnyNode[];
  if (!isFunction(check) || parameter?.type !== 'Identifier') return [];
  const { name } = parameter;
  const own: Pick<HeldVariables, 'heldBy' | 'isFlag'> = {
    heldBy: (_, expression) => {
      const node = bare(expression);
      if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier' || node.object.name !== name)
        return null;
      const key = keyOf(node);
      return key && ENV_NAME.test(key) ? { names: [key], orFlag: false, orOther: false } : null;
    },
    isFlag: () => false,
  };
  const clausesOf = createClauses(own);
  const read = (node: AnyNode, truth: boolean): Clause[][] => {
    const clauses = clausesOf(tree, node, truth);
    return typeof clauses === 'string' ? [] : [clauses];
  };
  if (isTruth) {
    if (check.body.type !== 'BlockStatement') return read(check.body, true);
    const last = check.body.body.at(-1);
    return check.body.body.length === 1 && last?.type === 'ReturnStatement' && last.argument
      ? read(last.argument, true)
      : [];
  }
  // `if (!data.A && !data.B) context.addIssue(…)`
  return check.body.type === 'BlockStatement'
    ? check.body.body.flatMap((one) => (one.type === 'IfStatement' ? read(one.test, false) : []))
    : [];
}

function findingsOf(found: readonly Needs[]): EnvFinding[] {
  const readable = found.map((need) => ({
    ...need,
    clauses: need.clauses.filter(({ names, isOpen }) => !isOpen && names.length > 0 && names.length <= NAMES_MAX),
  }));
  const alone = new Set(
    readable.flatMap(({ clauses, reach }) =>
      reach === 'sure' ? clauses.flatMap(({ names }) => (names.length === 1 ? names : [])) : [],
    ),
  );
  return readable.flatMap(({ tree, node, clauses, reach }) =>
    clauses.flatMap(({ names }): EnvFinding[] => {
      // a name that is always needed fills every group that it is in
      if (names.length > 1 && names.some((name) => alone.has(name))) return [];
      const requirement = REQUIREMENTS[reach];
      return names.map((name) => ({
        name,
        evidence: evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(node.start)),
        ...(requirement ? { requirement } : {}),
        ...(reach === 'never' ? { scope: 'http' as const } : {}),
        ...(names.length > 1 && requirement ? { alternatives: [...names] } : {}),
      }));
    }),
  );
}
