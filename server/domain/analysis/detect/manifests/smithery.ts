import type { AnyNode } from 'acorn';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { lineAt } from '../../files/file-set.ts';
import { readCode } from '../code/code-file.ts';
import { type ArgumentFinding, ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';
import { bare, isFunction, keyOf, stringOf, type Tree, treeOf } from '../javascript/syntax/tree.ts';

/** Real ones have less than a tenth of it; the parser takes quadratic time on what strangers can write. */
const CHARACTERS_MAX = 24_000;

const propertySchema = z.looseObject({
  type: z.unknown().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional().catch(undefined),
});

const startSchema = z.looseObject({
  type: z.string().optional(),
  configSchema: z
    .looseObject({
      required: z.array(z.string()).nullish().catch(undefined),
      properties: z.record(z.string(), propertySchema).nullish().catch(undefined),
      commandFunction: z.string().optional(),
    })
    .optional()
    .catch(undefined),
  commandFunction: z.string().optional().catch(undefined),
});

export type SmitheryReading = { env: EnvFinding[]; arguments: ArgumentFinding[] };

const NOTHING: SmitheryReading = { env: [], arguments: [] };
const FLAG = /^(--?[A-Za-z][\w-]*)(=?)$/;

type Use = { key: string; isSwitch: boolean };

/** The setting that an expression hands on: `config.key`, `String(config.key)`, `config.on ? '1' : '0'`. */
function settingIn(tree: Tree, expression: AnyNode, parameter: string): Use | null {
  const node = bare(expression);
  const isSwitch =
    node.type === 'ConditionalExpression' && stringOf(node.consequent) !== null && stringOf(node.alternate) !== null;
  for (const inside of [node, ...tree.inside(node)]) {
    if (inside.type !== 'MemberExpression' || inside.object.type !== 'Identifier' || inside.object.name !== parameter)
      continue;
    const key = keyOf(inside);
    if (key !== null) return { key, isSwitch };
  }
  return null;
}

type Given = { flag: string | null; use: Use; node: AnyNode };

/** Words of one list in order: a flag with a setting behind it, `--flag=${config.key}`, a setting alone. */
function* wordsIn(tree: Tree, elements: readonly (AnyNode | null)[], parameter: string): Generator<Given> {
  for (const [at, element] of elements.entries()) {
    if (!element || element.type === 'SpreadElement' || stringOf(element) !== null) continue;
    const use = settingIn(tree, element, parameter);
    if (!use || element.type === 'ArrayExpression' || element.type === 'ObjectExpression') continue;
    const assigned =
      element.type === 'TemplateLiteral' ? FLAG.exec(element.quasis[0]?.value.cooked ?? '')?.[1] : undefined;
    const before = FLAG.exec(stringOf(elements[at - 1]) ?? '')?.[1];
    yield { flag: assigned ?? before ?? null, use, node: element };
  }
  // `config.debug ? ['--debug'] : []`
  const [only] = elements;
  const flag = elements.length === 1 && only ? FLAG.exec(stringOf(only) ?? '')?.[1] : undefined;
  for (let at = only ? tree.parentOf(only) : null; flag && only && at; at = tree.parentOf(at)) {
    const test =
      at.type === 'ConditionalExpression' || at.type === 'IfStatement'
        ? at.test
        : at.type === 'LogicalExpression'
          ? at.left
          : null;
    if (!test) continue;
    const use = settingIn(tree, test, parameter);
    if (use) yield { flag, use: { ...use, isSwitch: true }, node: only };
    return;
  }
}

/** Everything that the command function does with the settings. It is parsed, and never run. */
function readFunction(code: string): { variables: { name: string; use: Use }[]; words: Given[] } {
  const [file] = readCode({
    files: [{ path: 'command-function.js', text: `(${code.trim().replace(/;+$/, '')})` }],
  }).javascript;
  const tree = file ? treeOf(file) : null;
  const main = tree?.nodes.find(isFunction);
  const [parameter] = main?.params ?? [];
  const name = parameter?.type === 'AssignmentPattern' ? parameter.left : parameter;
  if (!tree || name?.type !== 'Identifier') return { variables: [], words: [] };
  const variables: { name: string; use: Use }[] = [];
  const words: Given[] = [];
  for (const node of tree.nodes) {
    if (node.type === 'ArrayExpression') words.push(...wordsIn(tree, node.elements, name.name));
    else if (node.type === 'CallExpression' && keyOf(bare(node.callee)) === 'push')
      words.push(...wordsIn(tree, node.arguments, name.name));
    const [key, value] =
      node.type === 'Property'
        ? [keyOf(node), node.value]
        : node.type === 'AssignmentExpression'
          ? [keyOf(node.left), node.right]
          : [null, null];
    const use = key && value && ENV_NAME.test(key) ? settingIn(tree, value, name.name) : null;
    if (key && use) variables.push({ name: key, use });
  }
  return { variables, words };
}

/** Variables and arguments in smithery.yaml: settings of its schema, joined to names by its command function. */
export function readSmithery(content: string, file: string): SmitheryReading {
  if (content.length > CHARACTERS_MAX) return NOTHING;
  let parsed: unknown;
  try {
    parsed = parseYaml(content, { maxAliasCount: 20 });
  } catch {
    return NOTHING; // a template, or not YAML
  }
  const document = z.looseObject({ startCommand: startSchema }).safeParse(parsed);
  if (!document.success) return NOTHING;
  const { configSchema, commandFunction, type } = document.data.startCommand;
  if (type === 'http') return NOTHING;
  const properties = configSchema?.properties ?? {};
  const wanted = new Set(configSchema?.required ?? []);
  const { variables, words } = readFunction(commandFunction ?? configSchema?.commandFunction ?? '');
  const factsOf = ({ key, isSwitch }: Use, text: string) => {
    const property = properties[key];
    const fallback = property?.default;
    const isShown = fallback !== undefined && fallback !== null && fallback !== '' && typeof fallback !== 'object';
    return {
      evidence: evidenceOf('SMITHERY', file, lineAt(content, Math.max(0, content.indexOf(text))), key),
      ...(property?.description ? { description: property.description } : {}),
      ...(property?.type === 'boolean' || isSwitch
        ? { kind: 'BOOLEAN' as const }
        : property?.type === 'number' || property?.type === 'integer'
          ? { kind: 'NUMBER' as const }
          : {}),
      ...(property?.enum?.length ? { choices: property.enum } : {}),
      ...(isShown ? { default: String(fallback) } : {}),
      isWanted: wanted.has(key) && fallback === undefined,
    };
  };
  return {
    env: variables.map(({ name, use }): EnvFinding => {
      const { isWanted, ...facts } = factsOf(use, name);
      return { name, ...facts, requirement: isWanted ? 'LAZY' : 'OPTIONAL' };
    }),
    arguments: words.map(({ flag, use }): ArgumentFinding => {
      const { isWanted, ...facts } = factsOf(use, flag ?? use.key);
      return { flag, name: flag?.replace(/^-+/, '') ?? use.key, ...facts, required: isWanted };
    }),
  };
}
