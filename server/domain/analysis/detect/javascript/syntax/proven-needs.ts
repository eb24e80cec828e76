import type { AnyNode } from 'acorn';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../../finding.ts';
import type { HeldVariables } from './held-variables.ts';
import { knownOf } from './plain-start.ts';
import type { Reach, StartPath } from './start-path.ts';
import { bare, isFunction, keyOf, type Tree } from './tree.ts';

/** One need: names of which one must be set. A name null stands for something that is no variable. */
type Clause = { names: readonly string[]; isOpen: boolean; orFlag: boolean };

const CLAUSES_MAX = 8;
const NAMES_MAX = 6;
const CHECKS = /^(?:assert|invariant|ok|assertEnv|assertDefined)$/;

/** True for code that ends the program or throws whenever it is reached. */
function ends(tree: Tree, node: AnyNode, ending: ReadonlySet<string>): boolean {
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
function endingFunctions(trees: readonly Tree[]): Set<string> {
  const names = new Set<string>();
  for (const tree of trees) {
    for (const node of tree.nodes) {
      if (!isFunction(node)) continue;
      const parent = tree.parentOf(node);
      const name =
        node.type === 'FunctionDeclaration'
          ? node.id?.name
          : parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier'
            ? parent.id.name
            : undefined;
      if (name && ends(tree, node.body, names)) names.add(name);
    }
  }
  return names;
}

/** Reads conditions as needs. */
function createClauses(held: Pick<HeldVariables, 'heldBy' | 'isFlag'>) {
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
      return left
        .flatMap((one) =>
          right.map((other) => ({
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

/** True where a `try` of the same function keeps the program alive after what is thrown there. */
function isCaught(tree: Tree, node: AnyNode, ending: ReadonlySet<string>): boolean {
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

const REQUIREMENTS: Record<Reach, EnvFinding['requirement']> = {
  sure: 'HARD',
  maybe: undefined,
  later: 'LAZY',
  never: undefined,
};

/**
 * Proves which variables a program needs: guards, checks and readers on the way of a start for stdio. A need behind a
 * condition that the code does not decide proves nothing; one in the handler of a tool makes the tool fail.
 */
export function provenNeeds(trees: readonly Tree[], held: HeldVariables, startPath: StartPath): EnvFinding[] {
  const ending = endingFunctions(trees);
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
    ...listNeeds(trees, held, startPath, ending),
    ...readsOfOtherModes(trees, held, startPath),
  ];
}

const finding = (tree: Tree, node: AnyNode, name: string, more: Partial<EnvFinding>): EnvFinding => ({
  name,
  evidence: evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(node.start)),
  ...more,
});

/** `if (token && !domain) process.exit(1)`: the one is of no use without the other. */
function companionsIn(tree: Tree, held: HeldVariables, ending: ReadonlySet<string>): EnvFinding[] {
  return tree.nodes.flatMap((node): EnvFinding[] => {
    if (node.type !== 'IfStatement' || node.test.type !== 'LogicalExpression' || node.test.operator !== '&&') return [];
    if (!ends(tree, node.consequent, ending)) return [];
    const [set, unset] = [bare(node.test.left), bare(node.test.right)];
    if (unset.type !== 'UnaryExpression' || unset.operator !== '!') return [];
    const [known, missing] = [held.heldBy(tree, set)?.names ?? [], held.heldBy(tree, unset.argument)?.names ?? []];
    const [first] = known;
    return first === undefined || known.length > 1 || missing.length > 1
      ? []
      : missing.map((name) => finding(tree, node, name, { companionOf: first }));
  });
}

const SCHEMA = /^(?:object|strictObject|looseObject)$/;
const OPTIONAL_CALL = /^(?:optional|default|nullish|nullable|catch|prefault)$/;
const DEMANDING_CALL = /^(?:min|nonempty|url|email|startsWith|regex|length|uuid)$/;

/** The names of the calls in a chain: `z.string().min(1)` gives min and string. */
function callsIn(node: AnyNode): string[] {
  const names: string[] = [];
  for (let at = bare(node); at.type === 'CallExpression'; ) {
    const callee = bare(at.callee);
    names.push((callee.type === 'Identifier' ? callee.name : keyOf(callee)) ?? '');
    if (callee.type !== 'MemberExpression') break;
    at = bare(callee.object);
  }
  return names;
}

/** Settings under names of their own: `{ apiKey: z.string().min(1) }` beside `{ apiKey: process.env.A_KEY }`. */
function schemaNeeds(tree: Tree, held: HeldVariables): EnvFinding[] {
  return tree.nodes.flatMap((node): EnvFinding[] => {
    const [first] = node.type === 'CallExpression' && SCHEMA.test(keyOf(bare(node.callee)) ?? '') ? node.arguments : [];
    if (first?.type !== 'ObjectExpression') return [];
    return first.properties.flatMap((property): EnvFinding[] => {
      const key = keyOf(property);
      if (property.type !== 'Property' || key === null || ENV_NAME.test(key)) return [];
      const calls = callsIn(property.value);
      const isDemanded =
        calls.includes('string') &&
        calls.some((one) => DEMANDING_CALL.test(one)) &&
        !calls.some((one) => OPTIONAL_CALL.test(one));
      const names = isDemanded ? held.namesOfProperty(key) : [];
      return names.length === 1 ? names.map((name) => finding(tree, property, name, { requirement: 'LAZY' })) : [];
    });
  });
}

/** `REQUIRED.filter((name) => !process.env[name])`, and loops over such a list, in a function that ends the program. */
function listNeeds(
  trees: readonly Tree[],
  held: HeldVariables,
  startPath: StartPath,
  ending: ReadonlySet<string>,
): EnvFinding[] {
  const namesFor = (tree: Tree, list: AnyNode, parameter: AnyNode | undefined, body: AnyNode): string[] => {
    const property = parameter?.type === 'ObjectPattern' ? parameter.properties[0] : undefined;
    const own = property?.type === 'Property' ? property.value : parameter;
    if (own?.type !== 'Identifier') return [];
    const isRead = [body, ...tree.inside(body)].some((one) => held.isReadBy(tree, one, own.name));
    return isRead ? held.listOf(tree, list).filter((name) => ENV_NAME.test(name)) : [];
  };
  return trees.flatMap((tree) =>
    tree.nodes.flatMap((node): EnvFinding[] => {
      let names: string[] = [];
      if (
        node.type === 'CallExpression' &&
        node.callee.type === 'MemberExpression' &&
        /^(?:filter|find|some|every|forEach)$/.test(keyOf(node.callee) ?? '')
      ) {
        const [check] = node.arguments;
        if (check && isFunction(check)) names = namesFor(tree, node.callee.object, check.params[0], check.body);
      } else if (node.type === 'ForOfStatement' && node.left.type === 'VariableDeclaration')
        names = namesFor(tree, node.right, node.left.declarations[0]?.id, node.body);
      if (names.length === 0) return [];
      const owner = tree.ownerOf(node) ?? tree.nodes[0];
      const isEnding =
        owner !== undefined &&
        [...tree.inside(owner)].some((one) => one.start >= node.start && ends(tree, one, ending));
      const reach = startPath(tree, node);
      const requirement = isEnding ? REQUIREMENTS[reach] : undefined;
      return requirement ? names.map((name) => finding(tree, node, name, { requirement })) : [];
    }),
  );
}

/** Variables that only another mode reads, such as the server for HTTP. */
function readsOfOtherModes(trees: readonly Tree[], held: HeldVariables, startPath: StartPath): EnvFinding[] {
  const reads = new Map<string, { tree: Tree; node: AnyNode; isElsewhere: boolean }[]>();
  for (const tree of trees) {
    for (const node of tree.nodes) {
      const name = node.type === 'MemberExpression' ? held.readOf(tree, node) : null;
      if (name === null) continue;
      const list = reads.get(name) ?? [];
      list.push({ tree, node, isElsewhere: startPath(tree, node) === 'never' });
      reads.set(name, list);
    }
  }
  return [...reads].flatMap(([name, all]) => {
    const [first] = all;
    return first && all.every(({ isElsewhere }) => isElsewhere)
      ? [finding(first.tree, first.node, name, { scope: 'http', isOfOtherMode: true })]
      : [];
  });
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
