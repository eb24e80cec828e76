import type { AnyNode, ObjectExpression } from 'acorn';
import { type ArgumentFinding, ENV_NAME, type EnvFinding, evidenceOf } from '../../finding.ts';
import { keyOf, stringOf, type Tree } from './tree.ts';

/** An option that a program keeps as data: `{ name: 'token', flags: ['--token', '-t'], required: true }`. */
type Row = { name: string; flags: string[]; argument: ArgumentFinding };

const ROWS_MAX = 300;
const FLAG = /^--?[A-Za-z][\w-]*$/;

const property = (node: ObjectExpression, ...names: string[]): AnyNode | null => {
  for (const one of node.properties) if (one.type === 'Property' && names.includes(keyOf(one) ?? '')) return one.value;
  return null;
};

function rowOf(tree: Tree, node: ObjectExpression): Row | null {
  const list = property(node, 'flags', 'flag', 'long', 'aliases', 'option');
  const given = list?.type === 'ArrayExpression' ? list.elements.map((one) => stringOf(one)) : [stringOf(list)];
  const flags = given.flatMap((one) => (one !== null && FLAG.test(one) ? [one] : []));
  const flag = flags.find((one) => one.startsWith('--'));
  if (!flag) return null;
  const description = stringOf(property(node, 'description', 'describe', 'desc', 'help'));
  const required = property(node, 'required', 'isRequired', 'mandatory');
  const fallback = stringOf(property(node, 'default', 'defaultValue'));
  const isSwitch = stringOf(property(node, 'type', 'kind')) === 'boolean';
  const name = stringOf(property(node, 'name', 'key', 'id')) ?? flag.replace(/^-+/, '');
  return {
    name,
    flags,
    argument: {
      flag,
      name: flag.replace(/^-+/, ''),
      evidence: evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(node.start)),
      ...(description ? { description } : {}),
      ...(isSwitch ? { kind: 'BOOLEAN' as const } : {}),
      ...(fallback ? { default: fallback } : {}),
      ...(flags.length > 1 ? { aliases: flags.filter((one) => one !== flag) } : {}),
      required: required?.type === 'Literal' && required.value === true && !fallback,
    },
  };
}

const rowsIn = (tree: Tree): Row[] =>
  tree.nodes.flatMap((node) => (node.type === 'ObjectExpression' ? (rowOf(tree, node) ?? []) : [])).slice(0, ROWS_MAX);

/** Options of programs that keep them in a table of their own. A single one is something else. */
export function argumentsInRows(trees: readonly Tree[]): ArgumentFinding[] {
  const rows = trees.flatMap(rowsIn);
  const prefix = prefixIn(trees);
  if (rows.length < 2) return [];
  return rows.map(({ name, argument }) => (prefix ? { ...argument, variable: variableOf(prefix, name) } : argument));
}

/** The beginning of the names that code builds: `process.env[`X_${option.name.toUpperCase()}`]`. */
function prefixOf(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression' || !node.computed || node.property.type !== 'TemplateLiteral') return null;
  const [before, after] = node.property.quasis.map(({ value }) => value.cooked ?? '');
  const isWhole = node.property.expressions.length === 1 && after === '';
  return keyOf(node.object) === 'env' && isWhole && /^[A-Z][A-Z0-9_]*_$/.test(before ?? '') ? (before ?? null) : null;
}

const prefixIn = (trees: readonly Tree[]): string | undefined =>
  trees.flatMap((tree) => tree.nodes.flatMap((node) => prefixOf(node) ?? []))[0];

const variableOf = (prefix: string, name: string): string =>
  `${prefix}${name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toUpperCase()}`;

/** Variables of options that a program reads under one prefix. */
export function variablesOfRows(trees: readonly Tree[]): EnvFinding[] {
  const prefix = prefixIn(trees);
  if (prefix === undefined) return [];
  return trees.flatMap(rowsIn).flatMap(({ name, argument }): EnvFinding[] => {
    const variable = variableOf(prefix, name);
    return ENV_NAME.test(variable)
      ? [
          {
            name: variable,
            evidence: { ...argument.evidence, note: `under the prefix ${prefix}` },
            description: [argument.description, `Does the same as ${argument.flag}.`].filter(Boolean).join('. '),
            requirement: 'OPTIONAL',
          },
        ]
      : [];
  });
}
