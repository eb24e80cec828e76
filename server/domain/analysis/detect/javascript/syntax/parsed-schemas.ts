import type { AnyNode, ObjectExpression } from 'acorn';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../../finding.ts';
import { type Endings, ends } from './endings.ts';
import { add } from './environment.ts';
import { callsIn, DEMANDING_CALL, OPTIONAL_CALL, REQUIREMENTS, SCHEMA } from './further-needs.ts';
import type { HeldVariables } from './held-variables.ts';
import type { StartPath } from './start-path.ts';
import { bare, type FunctionNode, keyOf, type Tree } from './tree.ts';

/** Each call looks through its function: a program parses its settings once or twice. */
const PARSED_MAX = 60;

type Schema = { tree: Tree; object: ObjectExpression };

/** Schemas by the name of their constant: `const ConfigSchema = z.object({…})`, methods behind it included. */
function schemasIn(trees: readonly Tree[]): Map<string, Schema[]> {
  const schemas = new Map<string, Schema[]>();
  for (const tree of trees) {
    for (const node of tree.nodes) {
      if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) continue;
      const object = objectOf(node.init);
      if (object) add(schemas, node.id.name, { tree, object });
    }
  }
  return schemas;
}

/** The object that `z.object({…}).strict()` is made from. */
function objectOf(value: AnyNode): ObjectExpression | null {
  for (let at = bare(value); at.type === 'CallExpression'; ) {
    const callee = bare(at.callee);
    if (callee.type !== 'MemberExpression') return null;
    const [first] = at.arguments;
    if (SCHEMA.test(keyOf(callee) ?? '')) return first?.type === 'ObjectExpression' ? first : null;
    at = bare(callee.object);
  }
  return null;
}

/** The keys without which a schema refuses: a text that is not optional, and not empty where an empty text is given. */
function demandedBy(object: ObjectExpression): Map<string, { node: AnyNode; refusesEmpty: boolean }> {
  const keys = new Map<string, { node: AnyNode; refusesEmpty: boolean }>();
  for (const property of object.properties) {
    const key = property.type === 'Property' ? keyOf(property) : null;
    if (property.type !== 'Property' || key === null) continue;
    const calls = callsIn(property.value);
    if (!calls.includes('string') || calls.some((one) => OPTIONAL_CALL.test(one))) continue;
    keys.set(key, { node: property, refusesEmpty: calls.some((one) => DEMANDING_CALL.test(one)) });
  }
  return keys;
}

const nodesOf = (tree: Tree, owner: FunctionNode | null): readonly AnyNode[] =>
  owner ? [...tree.inside(owner)] : tree.nodes;

/** The object that is parsed: written in place, or a constant of the same function. */
function parsedObject(tree: Tree, argument: AnyNode, node: AnyNode): ObjectExpression | null {
  const given = bare(argument);
  if (given.type === 'ObjectExpression') return given;
  if (given.type !== 'Identifier') return null;
  const owner = tree.ownerOf(node);
  const declared = nodesOf(tree, owner).filter(
    (one) => one.type === 'VariableDeclarator' && one.id.type === 'Identifier' && one.id.name === given.name,
  );
  const [only] = declared;
  const init = declared.length === 1 && only?.type === 'VariableDeclarator' && only.init ? bare(only.init) : null;
  return init?.type === 'ObjectExpression' ? init : null;
}

/** `parse` throws. `safeParse` only reports: the program must end in the same function, behind a look at the result. */
function refuses(tree: Tree, call: AnyNode, method: string, ending: Endings): boolean {
  if (method === 'parse' || method === 'parseAsync') return true;
  return nodesOf(tree, tree.ownerOf(call)).some(
    (one) =>
      one.type === 'IfStatement' &&
      one.start > call.start &&
      one.test.type === 'UnaryExpression' &&
      keyOf(bare(one.test.argument)) === 'success' &&
      ends(tree, one.consequent, ending),
  );
}

/** `ConfigSchema.parse({ apiKey: process.env.A_KEY })`, where the schema demands a text under `apiKey`. */
export function parsedSchemas(
  trees: readonly Tree[],
  held: HeldVariables,
  startPath: StartPath,
  ending: Endings,
): EnvFinding[] {
  const schemas = schemasIn(trees);
  let parsed = 0;
  return trees.flatMap((tree) =>
    tree.nodes.flatMap((node): EnvFinding[] => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return [];
      const method = keyOf(node.callee) ?? '';
      const subject = bare(node.callee.object);
      const [argument] = node.arguments;
      if (parsed > PARSED_MAX) return [];
      if (!/^(?:safeParse|parse)(?:Async)?$/.test(method) || subject.type !== 'Identifier' || !argument) return [];
      const [schema, ...others] = schemas.get(subject.name) ?? [];
      if (!schema || parsed++ > PARSED_MAX) return [];
      const object = others.length === 0 ? parsedObject(tree, argument, node) : null;
      if (!object || !refuses(tree, node, method, ending)) return [];
      const demanded = demandedBy(schema.object);
      const requirement = REQUIREMENTS[startPath(tree, node)];
      return object.properties.flatMap((property): EnvFinding[] => {
        const key = property.type === 'Property' ? keyOf(property) : null;
        const need = key === null ? undefined : demanded.get(key);
        if (property.type !== 'Property' || !need || requirement === undefined) return [];
        const value = held.heldBy(tree, property.value);
        const [name, ...more] = value?.names ?? [];
        if (!value || name === undefined || more.length > 0 || value.orOther || value.orFlag) return [];
        // `process.env.A_KEY || ''` is a text too: only a schema that refuses the empty one needs the variable
        const isFilled = bare(property.value).type === 'LogicalExpression';
        if (!ENV_NAME.test(name) || (isFilled && !need.refusesEmpty)) return [];
        const evidence = evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(property.start));
        return [{ name, evidence, requirement }];
      });
    }),
  );
}
