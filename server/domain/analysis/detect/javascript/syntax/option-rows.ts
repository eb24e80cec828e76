import type { AnyNode, MemberExpression, ObjectExpression } from 'acorn';
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
  const prefix = prefixAmong(trees);
  if (rows.length < 2) return [];
  return rows.map(({ name, argument }) => (prefix ? { ...argument, variable: variableOf(prefix, name) } : argument));
}

/** How code builds names of variables: their beginning, and whether a capital inside of a key begins a word. */
type Prefix = { text: string; splitsWords: boolean };

/** `X_${option.name.toUpperCase()}`: the beginning, in a template with one gap at its end. */
function prefixIn(node: AnyNode | null | undefined): Prefix | null {
  if (node?.type !== 'TemplateLiteral') return null;
  const [before = '', after] = node.quasis.map(({ value }) => value.cooked ?? '');
  const [gap] = node.expressions;
  if (!gap || node.expressions.length > 1 || after !== '' || !/^[A-Z][A-Z0-9_]*_$/.test(before)) return null;
  // `.replace(/([A-Z])/g, '_$1')` splits `readOnly`, a plain `.toUpperCase()` does not
  const isPlain = gap.type === 'CallExpression' && gap.callee.type === 'MemberExpression' && !isReplaced(gap.callee);
  return { text: before, splitsWords: !isPlain };
}

const isReplaced = ({ object, property }: MemberExpression): boolean =>
  (property.type === 'Identifier' && /^(?:replace|replaceAll|split|join)$/.test(property.name)) ||
  (object.type === 'CallExpression' && object.callee.type === 'MemberExpression' && isReplaced(object.callee));

/** `process.env[`X_${option.name.toUpperCase()}`]`, also where a variable holds the name that was put together. */
function prefixOf(tree: Tree): Prefix[] {
  const { text } = tree.file;
  if (!text.includes('env[') && !text.includes('env?.[')) return [];
  const built = new Map<string, AnyNode>();
  for (const node of tree.nodes)
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init?.type === 'TemplateLiteral')
      built.set(node.id.name, node.init);
  return tree.nodes.flatMap((node) => {
    if (node.type !== 'MemberExpression' || !node.computed || keyOf(node.object) !== 'env') return [];
    const { property } = node;
    return prefixIn(property.type === 'Identifier' ? built.get(property.name) : property) ?? [];
  });
}

const prefixAmong = (trees: readonly Tree[]): Prefix | undefined => trees.flatMap(prefixOf)[0];

const variableOf = ({ text, splitsWords }: Prefix, name: string): string =>
  `${text}${(splitsWords ? name.replace(/([a-z0-9])([A-Z])/g, '$1_$2') : name).replace(/[-.]/g, '_').toUpperCase()}`;

/** Variables of options that a program reads under one prefix. */
export function variablesOfRows(trees: readonly Tree[]): EnvFinding[] {
  const prefix = prefixAmong(trees);
  if (prefix === undefined) return [];
  return trees.flatMap(rowsIn).flatMap(({ name, argument }): EnvFinding[] => {
    const variable = variableOf(prefix, name);
    return ENV_NAME.test(variable)
      ? [
          {
            name: variable,
            evidence: { ...argument.evidence, note: `under the prefix ${prefix.text}` },
            description: [argument.description, `Does the same as ${argument.flag}.`].filter(Boolean).join('. '),
            requirement: 'OPTIONAL',
          },
        ]
      : [];
  });
}
