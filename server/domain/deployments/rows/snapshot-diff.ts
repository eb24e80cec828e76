import { canonical } from '#deploy/host/definition-text.ts';
import type { Snapshot } from './snapshot.ts';

export type CapabilityKind = 'TOOL' | 'RESOURCE' | 'PROMPT' | 'INSTRUCTIONS';

/** The part of a snapshot that is compared. */
type Offered = Pick<Snapshot, 'instructions' | 'tools' | 'resources' | 'prompts'>;

/** One changed field of a tool, resource or prompt; null on the side where the field is absent. */
export type FieldChange = { field: string; before: string | null; after: string | null };

export type CapabilityChange = {
  capability: CapabilityKind;
  /** The URI of a resource; `instructions` for the server's instructions. */
  name: string;
  change: 'ADDED' | 'REMOVED' | 'CHANGED';
  /** The changed fields; for an addition or removal the description, which models read. */
  fields: FieldChange[];
};

/** Renders a value for people to compare: texts as they are, everything else as indented canonical JSON. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(canonical(value), null, 2);
}

function changedFields(before: object | null, after: object | null, fields: readonly string[]): FieldChange[] {
  const read = (from: object | null, field: string): string | null =>
    textOf(from === null ? null : Object.entries(from).find(([name]) => name === field)?.[1]);
  return fields
    .map((field) => ({ field, before: read(before, field), after: read(after, field) }))
    .filter((change) => change.before !== change.after);
}

type Comparison<Item extends object> = {
  capability: CapabilityKind;
  nameOf: (item: Item) => string;
  /** Compared fields, in the order in which models read them. */
  fields: readonly (keyof Item & string)[];
};

function compare<Item extends object>(
  before: readonly Item[],
  after: readonly Item[],
  { capability, nameOf, fields }: Comparison<Item>,
): CapabilityChange[] {
  const old = new Map(before.map((item) => [nameOf(item), item]));
  const now = new Map(after.map((item) => [nameOf(item), item]));
  const names = [...new Set([...now.keys(), ...old.keys()])];
  return names.flatMap((name): CapabilityChange[] => {
    const [was, is] = [old.get(name) ?? null, now.get(name) ?? null];
    const change = was === null ? 'ADDED' : is === null ? 'REMOVED' : 'CHANGED';
    const changed = changedFields(was, is, change === 'CHANGED' ? fields : ['description']);
    return change === 'CHANGED' && changed.length === 0 ? [] : [{ capability, name, change, fields: changed }];
  });
}

/**
 * Compares what a server offers in two releases. A changed wording counts, because models act on the words; another
 * order of keys or unordered lists does not.
 */
export function diffSnapshots(before: Offered, after: Offered): CapabilityChange[] {
  const instructions = changedFields(before, after, ['instructions']);
  return [
    ...(instructions.length === 0
      ? []
      : [{ capability: 'INSTRUCTIONS', name: 'instructions', change: 'CHANGED', fields: instructions } as const]),
    ...compare(before.tools, after.tools, {
      capability: 'TOOL',
      nameOf: ({ name }) => name,
      fields: ['description', 'title', 'inputSchema', 'outputSchema', 'annotations'],
    }),
    ...compare(before.resources, after.resources, {
      capability: 'RESOURCE',
      nameOf: ({ uri }) => uri,
      fields: ['description', 'name', 'mimeType', 'template'],
    }),
    ...compare(before.prompts, after.prompts, {
      capability: 'PROMPT',
      nameOf: ({ name }) => name,
      fields: ['description', 'arguments'],
    }),
  ];
}
