import type { ToolSummary } from '../rows/snapshot.ts';
import { type CapabilityChange, diffSnapshots } from '../rows/snapshot-diff.ts';
import { compareAnnotations } from './compare-annotations.ts';
import { compareSchemas } from './compare-schemas.ts';
import type { Definitions } from './definitions.ts';
import { createSuspicionSearch, isDistinctName, newFindings, type SuspiciousFinding } from './find-suspicious.ts';
import { isObject, type SchemaComparison } from './schema-effect.ts';
import { isSmallEdit } from './wording.ts';

/**
 * Kinds of differences between what a person agreed to and what a server offers now. NARROWED: a call that fitted may be
 * refused. WIDENED: more calls fit. REWORDED: a text was written again. WORDING: a title, or a small edit of a text.
 */
export const DEFINITION_EFFECTS = [
  'ADDED',
  'REMOVED',
  'NARROWED',
  'WIDENED',
  'ANNOTATIONS',
  'REWORDED',
  'WORDING',
  'SUSPICIOUS',
] as const;
export type DefinitionEffect = (typeof DEFINITION_EFFECTS)[number];

export type DefinitionChange = CapabilityChange & {
  effects: DefinitionEffect[];
  /** The policy HOLD withholds it from clients until a person approves it. */
  isHeld: boolean;
  /** Sentences that give the reasons, the gravest first. */
  reasons: string[];
  findings: SuspiciousFinding[];
};

type Verdict = { effect: DefinitionEffect; isHeld: boolean; reason: string };

const verdict = (effect: DefinitionEffect, isHeld: boolean, reason: string): Verdict => ({ effect, isHeld, reason });

const isReworded = ({ wordings }: SchemaComparison): boolean =>
  wordings.some(({ before, after }) => !isSmallEdit(before, after));

function judgeText(before: string | null, after: string | null, name: string): Verdict[] {
  if (before === after) return [];
  return isSmallEdit(before, after)
    ? [verdict('WORDING', false, `A few words of the ${name} changed.`)]
    : [verdict('REWORDED', true, `The ${name} was written again.`)];
}

function judgeSchema(comparison: SchemaComparison, name: string): Verdict[] {
  const judged = comparison.differences.map(({ effect, at, text }): Verdict => {
    const sentence = `${name}${at === '' ? '' : ` (${at})`}: ${text}.`;
    return effect === 'NARROWED'
      ? verdict('NARROWED', true, sentence)
      : verdict(effect === 'WIDENED' ? 'WIDENED' : 'WORDING', false, sentence);
  });
  return isReworded(comparison)
    ? [...judged, verdict('REWORDED', true, `${name}: a description was written again.`)]
    : judged;
}

/** What a server returns is read by clients: beyond new optional properties, each change may be one that they cannot read. */
function judgeOutput(before: unknown, after: unknown): Verdict[] {
  const comparison = compareSchemas(before ?? undefined, after ?? undefined);
  const isNewProperty = (at: string) => /\/properties\/[^/]+$/u.test(at);
  const differences = comparison.differences.map((one) =>
    one.effect === 'WIDENED' && !isNewProperty(one.at) ? { ...one, effect: 'NARROWED' as const } : one,
  );
  return judgeSchema({ ...comparison, differences }, 'Output');
}

function judgeTool(before: ToolSummary, after: ToolSummary): Verdict[] {
  return [
    ...judgeSchema(compareSchemas(before.inputSchema ?? undefined, after.inputSchema ?? undefined), 'Input'),
    ...judgeOutput(before.outputSchema, after.outputSchema),
    ...compareAnnotations(before.annotations, after.annotations).map((text) => verdict('ANNOTATIONS', true, text)),
    ...judgeText(before.description, after.description, 'description'),
    ...(before.title === after.title ? [] : [verdict('WORDING', false, 'The title changed.')]),
  ];
}

/** The arguments of a prompt, as the schema that they amount to. */
function schemaOfArguments(value: unknown): unknown {
  const list = (Array.isArray(value) ? value : []).filter(isObject);
  const entries = list.map(({ name, description, title }) => [String(name), { description, title }] as const);
  return {
    properties: Object.fromEntries(entries),
    required: list.filter(({ required }) => required === true).map(({ name }) => String(name)),
  };
}

type Indexed = {
  instructions: string | null;
  tools: ReadonlyMap<string, ToolSummary>;
  prompts: ReadonlyMap<string, Definitions['prompts'][number]>;
  resources: ReadonlyMap<string, Definitions['resources'][number]>;
};

const index = ({ instructions, tools, prompts, resources }: Definitions): Indexed => ({
  instructions,
  tools: new Map(tools.map((tool) => [tool.name, tool])),
  prompts: new Map(prompts.map((prompt) => [prompt.name, prompt])),
  resources: new Map(resources.map((resource) => [resource.uri, resource])),
});

const NOUNS = { TOOL: 'tool', PROMPT: 'prompt', RESOURCE: 'resource', INSTRUCTIONS: 'text' } as const;

/** Tools and prompts are held; resources come and go with the data that they stand for, and are held for suspicious texts. */
function judge({ capability, name, change, fields }: CapabilityChange, before: Indexed, after: Indexed): Verdict[] {
  const what = NOUNS[capability];
  const isBinding = capability !== 'RESOURCE';
  if (change === 'ADDED') return [verdict('ADDED', isBinding, `The ${what} is new.`)];
  if (change === 'REMOVED') return [verdict('REMOVED', isBinding, `The server no longer offers the ${what}.`)];
  switch (capability) {
    case 'INSTRUCTIONS':
      return judgeText(before.instructions, after.instructions, 'instructions');
    case 'TOOL': {
      const [was, is] = [before.tools.get(name), after.tools.get(name)];
      return was && is ? judgeTool(was, is) : [];
    }
    case 'PROMPT': {
      const [was, is] = [before.prompts.get(name), after.prompts.get(name)];
      if (!was || !is) return [];
      const comparison = compareSchemas(schemaOfArguments(was.arguments), schemaOfArguments(is.arguments));
      return [...judgeSchema(comparison, 'Arguments'), ...judgeText(was.description, is.description, 'description')];
    }
    case 'RESOURCE':
      return fields.map(({ field }) => verdict('WORDING', false, `The ${field} of the resource changed.`));
  }
}

/** The texts of one capability, as models and people read them. */
function textsOf({ capability, name }: CapabilityChange, from: Indexed): unknown {
  switch (capability) {
    case 'INSTRUCTIONS':
      return from.instructions;
    case 'TOOL':
      return from.tools.get(name);
    case 'PROMPT':
      return from.prompts.get(name);
    case 'RESOURCE':
      return from.resources.get(name);
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();

// biome-ignore format: one line is easier to compare
const GRAVITY: readonly DefinitionEffect[] = [
  'SUSPICIOUS', 'REMOVED', 'NARROWED', 'ANNOTATIONS', 'ADDED', 'REWORDED', 'WIDENED', 'WORDING',
];

/**
 * Classifies the differences between the definitions that a person agreed to and those that a server offers now. Both are
 * redacted texts (redact-snapshot.ts). Pure; takes time in proportion to the size of the definitions.
 */
export function classifyChanges(before: Definitions, after: Definitions): DefinitionChange[] {
  const search = createSuspicionSearch();
  const [old, now] = [index(before), index(after)];
  const names = new Set([...now.tools.keys()].filter(isDistinctName));
  return diffSnapshots(before, after).map((change): DefinitionChange => {
    const isInstructions = change.capability === 'INSTRUCTIONS'; // they explain how tools go together
    const tools = { all: isInstructions ? NO_NAMES : names, own: change.name };
    const findings = newFindings(search(textsOf(change, old), tools), search(textsOf(change, now), tools));
    const suspicious = findings.map(({ text, excerpt }) =>
      verdict('SUSPICIOUS', true, `The text ${text}: “${excerpt}”.`),
    );
    const verdicts = [...suspicious, ...judge(change, old, now)].sort(
      (a, b) => GRAVITY.indexOf(a.effect) - GRAVITY.indexOf(b.effect),
    );
    return {
      ...change,
      effects: [...new Set(verdicts.map(({ effect }) => effect))],
      isHeld: verdicts.some(({ isHeld }) => isHeld),
      reasons: [...new Set(verdicts.map(({ reason }) => reason))],
      findings,
    };
  });
}
