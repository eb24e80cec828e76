import type { AnyNode } from 'acorn';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../../finding.ts';
import { type Endings, ends } from './endings.ts';
import type { HeldVariables } from './held-variables.ts';
import type { Reach, StartPath } from './start-path.ts';
import { bare, isFunction, keyOf, type Tree } from './tree.ts';

/** What a check proves by the way on which a start for stdio comes by. */
export const REQUIREMENTS: Record<Reach, EnvFinding['requirement']> = {
  sure: 'HARD',
  maybe: undefined,
  later: 'LAZY',
  never: undefined,
};

const finding = (tree: Tree, node: AnyNode, name: string, more: Partial<EnvFinding>): EnvFinding => ({
  name,
  evidence: evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(node.start)),
  ...more,
});

/** `if (token && !domain) process.exit(1)`: the one is of no use without the other. */
export function companionsIn(tree: Tree, held: HeldVariables, ending: Endings): EnvFinding[] {
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

export const SCHEMA = /^(?:object|strictObject|looseObject)$/;
export const OPTIONAL_CALL = /^(?:optional|default|nullish|nullable|catch|prefault)$/;
export const DEMANDING_CALL = /^(?:min|nonempty|url|email|startsWith|regex|length|uuid)$/;

/** The names of the calls in a chain: `z.string().min(1)` gives min and string. */
export function callsIn(node: AnyNode): string[] {
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
export function schemaNeeds(tree: Tree, held: HeldVariables): EnvFinding[] {
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
export function listNeeds(
  trees: readonly Tree[],
  held: HeldVariables,
  startPath: StartPath,
  ending: Endings,
): EnvFinding[] {
  const namesFor = (tree: Tree, list: AnyNode, parameter: AnyNode | undefined, body: AnyNode): string[] => {
    const property = parameter?.type === 'ObjectPattern' ? parameter.properties[0] : undefined;
    const own = property?.type === 'Property' ? property.value : parameter;
    if (own?.type !== 'Identifier') return [];
    const isRead = [body, ...tree.inside(body)].some((one) => held.isReadBy(tree, one, own.name));
    return isRead ? held.listOf(tree, list).filter((name) => ENV_NAME.test(name)) : [];
  };
  const lastEndings = new Map<AnyNode, number>();
  /** The offset of the last place in a function that ends the program. It is found once for all lists in there. */
  const lastEndingIn = (tree: Tree, owner: AnyNode): number => {
    const known = lastEndings.get(owner);
    if (known !== undefined) return known;
    let last = -1;
    for (const one of tree.inside(owner)) if (one.start > last && ends(tree, one, ending)) last = one.start;
    lastEndings.set(owner, last);
    return last;
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
      const isEnding = owner !== undefined && lastEndingIn(tree, owner) >= node.start;
      const reach = startPath(tree, node);
      const requirement = isEnding ? REQUIREMENTS[reach] : undefined;
      return requirement ? names.map((name) => finding(tree, node, name, { requirement })) : [];
    }),
  );
}
