import type { AnyNode } from 'acorn';
import { givenValue, isEnvironment, isFlag, isFlagHolder } from './environment.ts';
import { bare, keyOf, stringOf, type Tree } from './tree.ts';

const NO_ALIASES: ReadonlySet<string> = new Set();
const FLAG = /^--([A-Za-z][\w-]*)=?$/;
const VARIABLE = /^[A-Z][A-Z0-9_]{1,79}$/;
/** Longer chains of fallbacks are tables. */
const OPERANDS_MAX = 6;
/** A longer expression does more than to look for a flag. Also keeps nested functions from being searched again and again. */
const SEARCHED_CHARACTERS_MAX = 1_000;

/** `apiKey`, `api-key` and `--api_key=` as one spelling. */
export const flagKey = (name: string): string =>
  name
    .replace(/^--|=$/g, '')
    .replace(/[-_]/g, '')
    .toLowerCase();

/** The operands of `a || b ?? c`; a longer chain ends after one more than counts. */
function operandsOf(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  const open = [node];
  for (let one = open.pop(); one && found.length <= OPERANDS_MAX; one = open.pop()) {
    const at = bare(one);
    if (at.type === 'LogicalExpression' && at.operator !== '&&') open.push(at.right, at.left);
    else found.push(at);
  }
  return found;
}

const variableOf = (node: AnyNode): string | null => {
  const at = bare(node);
  const name = at.type === 'MemberExpression' && isEnvironment(at.object, NO_ALIASES) ? keyOf(at) : null;
  return name !== null && VARIABLE.test(name) ? name : null;
};

/** The one flag that an expression names: `valueOf('--token')`, `words.find((word) => word.startsWith('--token='))`. */
function flagNamedIn(tree: Tree, node: AnyNode): string | null {
  if (node.end - node.start > SEARCHED_CHARACTERS_MAX) return null;
  const named = new Set(
    [...tree.inside(node)].flatMap((one) => FLAG.exec(stringOf(one) ?? '')?.[1] ?? []).map(flagKey),
  );
  const [flag] = named;
  return named.size === 1 ? (flag ?? null) : null;
}

function flagOf(tree: Tree, node: AnyNode, values: ReadonlyMap<string, string | null>): string | null {
  const at = givenValue(node);
  if (at.type === 'MemberExpression')
    return isFlag(at) && !isEnvironment(at, NO_ALIASES) ? flagKey(keyOf(at) ?? '') : null;
  if (at.type === 'CallExpression') return flagNamedIn(tree, at);
  return at.type === 'Identifier' ? (values.get(at.name) ?? null) : null;
}

/** `{ a, 'b-c': d }` as keys and names; the values of `{ values: { … } }`, as `parseArgs` returns them. */
function boundIn(pattern: AnyNode): [key: string, name: string][] {
  if (pattern.type !== 'ObjectPattern') return [];
  return pattern.properties.flatMap((one): [string, string][] => {
    const key = one.type === 'Property' ? keyOf(one) : null;
    if (one.type !== 'Property' || key === null) return [];
    const value = one.value.type === 'AssignmentPattern' ? one.value.left : one.value;
    if (value.type === 'ObjectPattern') return key === 'values' ? boundIn(value) : [];
    return value.type === 'Identifier' ? [[key, value.name]] : [];
  });
}

const isCommandLine = (node: AnyNode): boolean => {
  const at = bare(node);
  if (at.type === 'Identifier') return isFlagHolder(at);
  if (at.type !== 'CallExpression') return false;
  const called = bare(at.callee);
  const last = called.type === 'SequenceExpression' ? called.expressions.at(-1) : called;
  const name = last?.type === 'Identifier' ? last.name : last ? keyOf(last) : null;
  return name !== null && /^(?:parseArgs|opts|parseSync|parse)$/.test(name);
};

/** Names that hold the value of a flag, each with the flag; null for a name with several meanings. */
function flagsInNames(tree: Tree): Map<string, string | null> {
  const values = new Map<string, string | null>();
  const set = (name: string, flag: string | null) => values.set(name, values.has(name) ? null : flag);
  for (const node of tree.nodes) {
    if (node.type !== 'VariableDeclarator' || !node.init) continue;
    if (node.id.type === 'Identifier') set(node.id.name, flagNamedIn(tree, node.init));
    else if (isCommandLine(node.init)) for (const [key, name] of boundIn(node.id)) set(name, flagKey(key));
  }
  return values;
}

/** `options.token || process.env.TOKEN`: one flag, one variable, and perhaps a default. */
function fallbacksIn(tree: Tree): [string, string][] {
  const values = flagsInNames(tree);
  return tree.nodes.flatMap((node): [string, string][] => {
    if (node.type !== 'LogicalExpression' || node.operator === '&&') return [];
    const parent = tree.parentOf(node);
    if (parent?.type === 'LogicalExpression' && parent.operator !== '&&') return [];
    const operands = operandsOf(node);
    if (operands.length > OPERANDS_MAX) return [];
    const variables = operands.flatMap((one) => variableOf(one) ?? []);
    const [variable] = variables;
    if (variable === undefined || variables.length > 1) return [];
    const flags = new Set(operands.flatMap((one) => flagOf(tree, one, values) ?? []));
    const [flag] = flags;
    return flag && flags.size === 1 ? [[flag, variable]] : [];
  });
}

type Call = Extract<AnyNode, { type: 'CallExpression' }>;

const optionIn = (node: AnyNode | undefined, name: string): AnyNode | null => {
  if (node?.type !== 'ObjectExpression') return null;
  const found = node.properties.find((one) => one.type === 'Property' && keyOf(one) === name);
  return found?.type === 'Property' ? found.value : null;
};

/** commander: `new Option('--token <token>', '…').env('TOKEN')`; yargs: `.option('token', { default: process.env.TOKEN })`. */
function declaredBy(tree: Tree, node: Call): [flag: string | null, variable: string | null] | null {
  const [first, second] = node.arguments;
  const method = keyOf(bare(node.callee));
  if (method === 'env') {
    if (node.end - node.start > SEARCHED_CHARACTERS_MAX) return null;
    const made = [...tree.inside(node)].find((one) => one.type === 'NewExpression');
    const spec = made?.type === 'NewExpression' ? stringOf(made.arguments[0]) : null;
    return [/--([A-Za-z][\w-]*)/.exec(spec ?? '')?.[1] ?? null, stringOf(first)];
  }
  const fallback = method === 'option' ? optionIn(second, 'default') : null;
  return fallback
    ? [
        stringOf(first),
        operandsOf(fallback)
          .map(variableOf)
          .find((one) => one !== null) ?? null,
      ]
    : null;
}

/** A flag that its declaration ties to a variable, or whose value the program puts into it. */
function declaredIn(tree: Tree): [string, string][] {
  return tree.nodes.flatMap((node): [string, string][] => {
    let found: [string | null, string | null] | null = null;
    if (node.type === 'CallExpression') found = declaredBy(tree, node);
    // oclif: `token: Flags.string({ env: 'TOKEN' })`
    else if (node.type === 'Property' && node.value.type === 'CallExpression')
      found = [keyOf(node), stringOf(optionIn(node.value.arguments[0], 'env'))];
    else if (node.type === 'AssignmentExpression' && node.operator === '=' && isFlag(node.right))
      found = [keyOf(bare(node.right)), variableOf(node.left)];
    const [flag, variable] = found ?? [];
    return flag && variable && VARIABLE.test(variable) ? [[flagKey(flag), variable]] : [];
  });
}

/** The variables that set the same as a flag, by `flagKey`. A flag with several such variables has none of its own. */
export function variablesOfFlags(trees: readonly Tree[]): Map<string, string> {
  const found = Map.groupBy(
    trees
      .filter(({ file }) => file.text.includes('env'))
      .flatMap((tree) => [...fallbacksIn(tree), ...declaredIn(tree)]),
    ([flag]) => flag,
  );
  return new Map(
    [...found].flatMap(([flag, pairs]): [string, string][] => {
      const variables = new Set(pairs.map(([, variable]) => variable));
      const [variable] = variables;
      return variable !== undefined && variables.size === 1 ? [[flag, variable]] : [];
    }),
  );
}
