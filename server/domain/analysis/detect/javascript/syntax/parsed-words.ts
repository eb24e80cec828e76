import type { AnyNode, ArrayExpression, ObjectExpression } from 'acorn';
import { type ArgumentFinding, evidenceOf } from '../../finding.ts';
import { keyOf, stringOf, type Tree } from './tree.ts';

/** Parsers that take the words of the command line and a few hints: minimist, mri, getopts, yargs-parser. */
const PARSER = /^(?:minimist|mri|getopts|yargsParser|yargs-parser)$/;
/** A parser whose table names each flag with its type: arg. */
const TYPED_PARSER = /^arg$/;
const NAME = /^[A-Za-z][\w-]{0,60}$/;
const LEFT_OUT = /^(?:_|h|help|v|version|http|https|sse|stdio|port|host|transport|mcp)$/;
const FLAGS_MAX = 100;

/** The local names of the parsers that a file imports: `import parse from 'mri'`, `const parse = require('mri')`. */
function parsersIn(tree: Tree): Map<string, string> {
  const names = new Map<string, string>();
  for (const node of tree.nodes) {
    if (node.type === 'ImportDeclaration') {
      const from = stringOf(node.source) ?? '';
      for (const one of node.specifiers) if (one.type === 'ImportDefaultSpecifier') names.set(one.local.name, from);
    } else if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') {
      const call = node.init?.type === 'CallExpression' ? node.init : null;
      if (call?.callee.type === 'Identifier' && call.callee.name === 'require')
        names.set(node.id.name, stringOf(call.arguments[0]) ?? '');
    }
  }
  return names;
}

const property = (node: ObjectExpression, name: string): AnyNode | null => {
  const found = node.properties.find((one) => one.type === 'Property' && keyOf(one) === name);
  return found?.type === 'Property' ? found.value : null;
};

/** Lists of texts by the name of their constant, wherever in the program: hints are often kept beside a help text. */
function listsIn(trees: readonly Tree[]): Map<string, ArrayExpression> {
  const lists = new Map<string, ArrayExpression>();
  for (const { nodes } of trees)
    for (const node of nodes)
      if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init?.type === 'ArrayExpression')
        lists.set(node.id.name, node.init);
  return lists;
}

/** `'key'`, `['key', 'sender']`, `NAMES`, `[...NAMES]`; a program with more flags than these was written to keep a reader busy. */
const textsOf = (node: AnyNode | null, lists: ReadonlyMap<string, ArrayExpression>): string[] =>
  allTextsOf(node, lists).slice(0, FLAGS_MAX);

function allTextsOf(node: AnyNode | null, lists: ReadonlyMap<string, ArrayExpression>): string[] {
  const own = stringOf(node);
  if (own !== null) return [own];
  const list = node?.type === 'Identifier' ? lists.get(node.name) : node?.type === 'ArrayExpression' ? node : null;
  return (list?.elements ?? []).flatMap((one) => {
    if (one?.type !== 'SpreadElement') return stringOf(one) ?? [];
    const spread = one.argument.type === 'Identifier' ? lists.get(one.argument.name) : null;
    return (spread?.elements ?? []).flatMap((inner) => stringOf(inner) ?? []);
  });
}

type Flag = { name: string; kind?: 'BOOLEAN' | 'NUMBER'; default?: string; aliases?: string[] };

const literalOf = (node: AnyNode | null): string | undefined =>
  node?.type === 'Literal' && node.value !== null && !(node.value instanceof RegExp) ? String(node.value) : undefined;

/** `{ string: ['key'], boolean: ['force'], default: { limit: 5 }, alias: { k: 'key' } }` */
function hintedFlags(hints: ObjectExpression, lists: ReadonlyMap<string, ArrayExpression>): Flag[] {
  const defaults = property(hints, 'default');
  const alias = property(hints, 'alias');
  const switches = textsOf(property(hints, 'boolean'), lists);
  const names = new Set([...textsOf(property(hints, 'string'), lists), ...switches]);
  const short = new Map<string, string[]>();
  for (const one of alias?.type === 'ObjectExpression' ? alias.properties : []) {
    if (one.type !== 'Property') continue;
    const all = [keyOf(one) ?? '', ...textsOf(one.value, lists)];
    const long = all.find((name) => name.length > 1);
    if (long === undefined) continue;
    names.add(long);
    short.set(
      long,
      all.filter((name) => name.length === 1),
    );
  }
  if (defaults?.type === 'ObjectExpression')
    for (const one of defaults.properties) if (one.type === 'Property') names.add(keyOf(one) ?? '');
  return [...names].map((name) => {
    const fallback = defaults?.type === 'ObjectExpression' ? literalOf(property(defaults, name)) : undefined;
    const aliases = short.get(name) ?? [];
    return {
      name,
      ...(switches.includes(name) ? { kind: 'BOOLEAN' as const } : {}),
      ...(fallback ? { default: fallback } : {}),
      ...(aliases.length > 0 ? { aliases: aliases.map((one) => `-${one}`) } : {}),
    };
  });
}

/** arg: `{ '--token': String, '-t': '--token' }` */
const typedFlags = (table: ObjectExpression): Flag[] =>
  table.properties.flatMap((one): Flag[] => {
    const key = one.type === 'Property' ? (keyOf(one) ?? '') : '';
    if (one.type !== 'Property' || !key.startsWith('--') || stringOf(one.value) !== null) return [];
    const type = one.value.type === 'Identifier' ? one.value.name : '';
    const kind = type === 'Boolean' ? 'BOOLEAN' : type === 'Number' ? 'NUMBER' : undefined;
    return [{ name: key.slice(2), ...(kind ? { kind } : {}) }];
  });

/** `argv.token`, `argv['reply-to']`: the keys that a file reads of each name. */
function keysReadIn(tree: Tree): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  for (const node of tree.nodes) {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') continue;
    const key = keyOf(node);
    if (key === null) continue;
    const own = keys.get(node.object.name);
    if (own) own.add(key);
    else keys.set(node.object.name, new Set([key]));
  }
  return keys;
}

/** Flags of programs that hand the words of the command line to a small parser. */
export function flagsOfParsers(trees: readonly Tree[]): ArgumentFinding[] {
  const using = trees.filter(({ file }) => /\b(?:minimist|mri|getopts|yargs-parser|arg)["'`]/.test(file.text));
  if (using.length === 0) return [];
  const lists = listsIn(trees);
  return using.flatMap((tree) => {
    const parsers = parsersIn(tree);
    let keys: Map<string, Set<string>> | undefined;
    return tree.nodes.flatMap((node): ArgumentFinding[] => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return [];
      const from = parsers.get(node.callee.name) ?? '';
      const isTyped = TYPED_PARSER.test(from);
      if (!isTyped && !PARSER.test(from)) return [];
      const table = node.arguments[isTyped ? 0 : 1];
      const flags = table?.type !== 'ObjectExpression' ? [] : isTyped ? typedFlags(table) : hintedFlags(table, lists);
      const parent = tree.parentOf(node);
      const holder = parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : null;
      const known = new Set(flags.flatMap(({ name, aliases = [] }) => [name, ...aliases.map((one) => one.slice(1))]));
      keys ??= keysReadIn(tree);
      const read = holder === null || isTyped ? [] : [...(keys.get(holder) ?? [])].slice(0, FLAGS_MAX);
      return [...flags, ...read.flatMap((name): Flag[] => (known.has(name) ? [] : [{ name }]))]
        .filter(({ name }) => name.length > 1 && NAME.test(name) && !LEFT_OUT.test(name))
        .slice(0, FLAGS_MAX)
        .map((flag) => ({
          ...flag,
          flag: `--${flag.name}`,
          evidence: evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(node.start)),
        }));
    });
  });
}
