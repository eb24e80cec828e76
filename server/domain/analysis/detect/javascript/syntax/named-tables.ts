import type { AnyNode, CallExpression } from 'acorn';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../../finding.ts';
import { factsOfSchema } from '../schema-facts.ts';
import { isEnvironment } from './environment.ts';
import { bare, keyOf, stringOf, type Tree } from './tree.ts';

const NAMES_MIN = 2;
const NAMES_MAX = 300;
const NO_ALIASES: ReadonlySet<string> = new Set();

/** A function whose name says that it reads the environment: `parseEnvConfig`, `fromEnv`, `loadEnvironment`. */
const READS_ENVIRONMENT = /env/i;

/** `{ apiKey: 'X_API_KEY', limit: 'X_LIMIT' }`: keys of the program with names of variables; null for another object. */
function namesOf(node: AnyNode | null | undefined): Map<string, { name: string; at: AnyNode }> | null {
  if (node?.type !== 'ObjectExpression' || node.properties.length > NAMES_MAX) return null;
  const names = new Map<string, { name: string; at: AnyNode }>();
  for (const one of node.properties) {
    const name = one.type === 'Property' ? stringOf(one.value) : null;
    const key = one.type === 'Property' ? keyOf(one) : null;
    if (name === null || key === null || !ENV_NAME.test(name)) return null;
    names.set(key, { name, at: one });
  }
  const isOfVariables = [...names.values()].some(({ name }) => name.includes('_'));
  return names.size >= NAMES_MIN && isOfVariables ? names : null;
}

/** Objects by the name of their constant; a name with several stands for none. */
function objectsIn(trees: readonly Tree[], wants: (node: AnyNode) => boolean): Map<string, Placed | null> {
  const found = new Map<string, Placed | null>();
  for (const tree of trees)
    for (const node of tree.nodes) {
      if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init || !wants(node.init))
        continue;
      found.set(node.id.name, found.has(node.id.name) ? null : { tree, node: node.init });
    }
  return found;
}

type Placed = { tree: Tree; node: AnyNode };

const isSchema = (node: AnyNode): boolean =>
  node.type === 'CallExpression' && /^(?:object|strictObject|looseObject)$/.test(keyOf(bare(node.callee)) ?? '');

/** The texts of a schema's entries, by key. */
function entriesOf({ tree, node }: Placed): Map<string, string> {
  const [shape] = node.type === 'CallExpression' ? node.arguments : [];
  const properties = shape?.type === 'ObjectExpression' ? shape.properties : [];
  return new Map(
    properties.flatMap((one): [string, string][] => {
      const key = one.type === 'Property' ? keyOf(one) : null;
      return one.type === 'Property' && key !== null
        ? [[key, tree.file.text.slice(one.value.start, one.value.end)]]
        : [];
    }),
  );
}

/** Only a start shows when the schema is held against the environment: what it insists on is likely, not proven. */
const likely = (facts: Partial<EnvFinding>): Partial<EnvFinding> =>
  facts.requirement === 'HARD' ? { ...facts, requirement: 'LAZY' } : facts;

/**
 * Variables that a table names: one that a function for the environment is called with, beside the schema of its keys,
 * or one whose entries code reads the environment by (`process.env[NAMES.apiKey]`).
 */
export function variablesOfTables(trees: readonly Tree[]): EnvFinding[] {
  /** Tables and schemas are read once, however often calls name them. */
  const used = new Set<AnyNode>();
  const entries = new Map<AnyNode, Map<string, string>>();
  const entriesIn = (schema: Placed): Map<string, string> => {
    const known = entries.get(schema.node) ?? entriesOf(schema);
    entries.set(schema.node, known);
    return known;
  };
  const candidates = trees.filter(({ file }) => /env/i.test(file.text));
  if (candidates.length === 0) return [];
  const tables = objectsIn(trees, (node) => namesOf(node) !== null);
  const schemas = objectsIn(trees, isSchema);
  const placed = (tree: Tree, node: AnyNode | undefined, known: ReadonlyMap<string, Placed | null>): Placed | null => {
    if (!node) return null;
    return node.type === 'Identifier' ? (known.get(node.name) ?? null) : { tree, node };
  };
  const found = (table: Placed, schema: ReadonlyMap<string, string>): EnvFinding[] =>
    [...(namesOf(table.node) ?? [])].map(([key, { name, at }]) => ({
      name,
      evidence: evidenceOf('SOURCE_CODE', table.tree.file.path, table.tree.file.lineAt(at.start)),
      ...likely(factsOfSchema(schema.get(key) ?? '')),
    }));
  const ofCall = (tree: Tree, node: CallExpression): EnvFinding[] => {
    const callee = bare(node.callee);
    const name = callee.type === 'Identifier' ? callee.name : (keyOf(callee) ?? '');
    if (!READS_ENVIRONMENT.test(name)) return [];
    const given = node.arguments.map((one) => ({
      table: placed(tree, one, tables),
      schema: placed(tree, one, schemas),
    }));
    const table = given.find((one) => one.table && namesOf(one.table.node) !== null)?.table;
    const schema = given.find((one) => one.schema && isSchema(one.schema.node))?.schema;
    if (!table || used.has(table.node)) return [];
    used.add(table.node);
    return found(table, schema ? entriesIn(schema) : new Map());
  };
  return candidates.flatMap((tree) =>
    tree.nodes.flatMap((node): EnvFinding[] => {
      if (node.type === 'CallExpression') return ofCall(tree, node);
      // `process.env[NAMES.apiKey]`
      if (node.type !== 'MemberExpression' || !node.computed || !isEnvironment(node.object, NO_ALIASES)) return [];
      const by = bare(node.property);
      if (by.type !== 'MemberExpression' || by.object.type !== 'Identifier') return [];
      const table = tables.get(by.object.name);
      const entry = table ? namesOf(table.node)?.get(keyOf(by) ?? '') : undefined;
      return table && entry
        ? [
            {
              name: entry.name,
              evidence: evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(node.start)),
            },
          ]
        : [];
    }),
  );
}
