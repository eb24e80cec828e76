import type { AnyNode } from 'acorn';
import type { Evidence } from '../../../result.ts';
import { type ArgumentFinding, evidenceOf } from '../../finding.ts';
import { endingsOf, ends } from './endings.ts';
import { startPathOf } from './start-path.ts';
import { bare, declaredNameOf, type FunctionNode, isFunction, keyOf, stringOf, type Tree } from './tree.ts';

const FLAG = /^--[a-z][\w-]{1,60}$/i;
const LEFT_OUT = /^--(?:stdio|mcp|https?|sse|port|host|help|version|transport|no-color)$/i;
/** A program that wants more words than these is no server. */
const PLACES_MAX = 3;
/** Longer chains of calls and conditions are no person's code. */
const DEPTH_MAX = 20;
/** A longer function does more than to look for a flag. */
const READER_CHARACTERS_MAX = 1_000;

/** `process.argv` with the number of words before the first one of the user: 2; 0 behind `.slice(2)`. */
function wordsBefore(node: AnyNode, names: ReadonlyMap<string, number>): number | null {
  let taken = 0;
  let at = bare(node);
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    if (at.type === 'Identifier') {
      const before = names.get(at.name);
      return before === undefined ? null : before - taken;
    }
    if (at.type === 'MemberExpression')
      return keyOf(at) === 'argv' && at.object.type === 'Identifier' && at.object.name === 'process' ? 2 - taken : null;
    const callee = at.type === 'CallExpression' ? bare(at.callee) : null;
    if (at.type !== 'CallExpression' || callee?.type !== 'MemberExpression' || keyOf(callee) !== 'slice') return null;
    const [from] = at.arguments;
    if (from?.type !== 'Literal' || typeof from.value !== 'number') return null;
    taken += from.value;
    at = bare(callee.object);
  }
  return null;
}

/** The names of a file that hold the words of the command line. */
function holdersIn(tree: Tree): Map<string, number> {
  const names = new Map<string, number>();
  for (const node of tree.nodes) {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) continue;
    const before = wordsBefore(node.init, names);
    if (before !== null && before >= 0) names.set(node.id.name, before);
  }
  return names;
}

/** Names that hold one word of the user, by its place: `const url = args[0]`. */
function placesIn(tree: Tree, holders: ReadonlyMap<string, number>): Map<string, number> {
  const places = new Map<string, number>();
  for (const node of tree.nodes) {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) continue;
    const place = placeOf(node.init, holders, new Map());
    if (place !== null) places.set(node.id.name, place);
  }
  return places;
}

function placeOf(
  node: AnyNode,
  holders: ReadonlyMap<string, number>,
  places: ReadonlyMap<string, number>,
): number | null {
  const at = bare(node);
  if (at.type === 'Identifier') return places.get(at.name) ?? null;
  if (at.type !== 'MemberExpression' || !at.computed || at.property.type !== 'Literal') return null;
  const before = wordsBefore(at.object, holders);
  const place = before === null || typeof at.property.value !== 'number' ? -1 : at.property.value - before;
  return place >= 0 ? place : null;
}

/** How many words a condition finds missing: `args.length < 1`, `args.length !== 2`, `!args[0]`. */
function wordsWanted(test: AnyNode, holders: ReadonlyMap<string, number>, places: ReadonlyMap<string, number>): number {
  let most = 0;
  let at = bare(test);
  for (let depth = 0; depth < DEPTH_MAX && at.type === 'LogicalExpression' && at.operator === '||'; depth++) {
    most = Math.max(most, wordsMissing(bare(at.right), holders, places));
    at = bare(at.left);
  }
  return Math.max(most, wordsMissing(at, holders, places));
}

function wordsMissing(at: AnyNode, holders: ReadonlyMap<string, number>, places: ReadonlyMap<string, number>): number {
  if (at.type === 'UnaryExpression' && at.operator === '!') {
    const place = placeOf(at.argument, holders, places);
    if (place !== null) return place + 1;
    const count = bare(at.argument);
    return count.type === 'MemberExpression' && keyOf(count) === 'length' && wordsBefore(count.object, holders) === 0
      ? 1
      : 0;
  }
  if (at.type !== 'BinaryExpression' || at.left.type !== 'MemberExpression' || keyOf(at.left) !== 'length') return 0;
  const before = wordsBefore(at.left.object, holders);
  if (before === null || at.right.type !== 'Literal' || typeof at.right.value !== 'number') return 0;
  const count = at.right.value - before;
  if (at.operator === '<' || at.operator === '!==' || at.operator === '!=') return count;
  return at.operator === '<=' || at.operator === '===' || at.operator === '==' ? count + 1 : 0;
}

type Check = { count: number; tree: Tree; node: Extract<AnyNode, { type: 'IfStatement' }> };

function checksIn(tree: Tree): Check[] {
  const holders = holdersIn(tree);
  const places = placesIn(tree, holders);
  return tree.nodes.flatMap((node): Check[] => {
    if (node.type !== 'IfStatement') return [];
    const count = wordsWanted(node.test, holders, places);
    return count > 0 && count <= PLACES_MAX ? [{ count, tree, node }] : [];
  });
}

/** The number of words without which a start for stdio ends, with the place of the check; null where it starts without. */
export function wordsDemanded(
  trees: readonly Tree[],
  entry: string | undefined,
): { count: number; evidence: Evidence } | null {
  const checks = trees.filter(({ file }) => file.text.includes('argv')).flatMap(checksIn);
  if (checks.length === 0) return null;
  const ending = endingsOf(trees);
  const startPath = startPathOf(trees, entry);
  const [most] = checks
    .filter(({ tree, node }) => ends(tree, node.consequent, ending) && startPath(tree, node) === 'sure')
    .sort((a, b) => b.count - a.count);
  if (!most) return null;
  const { tree, node, count } = most;
  return { count, evidence: evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(node.start)) };
}

/** Functions that look for a flag which their caller names: `valueOf('--token')`. */
function readersOf(tree: Tree): Set<string> {
  const names = new Set<string>();
  for (const node of tree.nodes) {
    if (!isFunction(node) || !takesOneName(node) || node.end - node.start > READER_CHARACTERS_MAX) continue;
    const name = declaredNameOf(tree, node);
    if (name === null) continue;
    for (const one of tree.inside(node))
      if (one.type === 'MemberExpression' && keyOf(one) === 'argv') {
        names.add(name);
        break;
      }
  }
  return names;
}

const takesOneName = ({ params }: FunctionNode): boolean => params.length > 0 && params.length < 3;

/** Flags that a program looks for through a function of its own. */
export function flagsThroughReaders(trees: readonly Tree[]): ArgumentFinding[] {
  return trees.flatMap((tree) => {
    if (!tree.file.text.includes('argv')) return [];
    const readers = readersOf(tree);
    if (readers.size === 0) return [];
    return tree.nodes.flatMap((node): ArgumentFinding[] => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || !readers.has(node.callee.name))
        return [];
      const flag = stringOf(node.arguments[0]);
      if (flag === null || !FLAG.test(flag) || LEFT_OUT.test(flag)) return [];
      const isSwitch = /^(?:has|is|use)/i.test(node.callee.name);
      return [
        {
          flag,
          name: flag.slice(2),
          ...(isSwitch ? { kind: 'BOOLEAN' as const } : {}),
          evidence: evidenceOf('SOURCE_CODE', tree.file.path, tree.file.lineAt(node.start)),
        },
      ];
    });
  });
}
