/**
 * The text of a definition by which the platform and the host tell if it is the one that was agreed to. Pure; the domain
 * imports it, and it ships with the host.
 */
import { createHash } from 'node:crypto';
import { isRecord, isText } from './records.ts';

/** Keywords of JSON Schema whose lists have no order. */
const UNORDERED: ReadonlySet<string> = new Set(['required', 'enum', 'type', 'anyOf', 'oneOf', 'allOf', 'examples']);

const byFirst = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** Sorts keys and unordered lists, so that equal JSON becomes equal text. */
export function canonical(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    if (!UNORDERED.has(key)) return items;
    return items
      .map((item) => [JSON.stringify(item), item] as const)
      .sort(byFirst)
      .map(([, item]) => item);
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(byFirst)
      .map(([name, entry]) => [name, canonical(entry, name)]),
  );
}

/** The text of a value in which the order of keys, and of unordered lists, does not show: equal for equal JSON. */
export const canonicalText = (value: unknown): string => JSON.stringify(canonical(value)) ?? 'undefined';

const digestOf = (value: unknown): string => createHash('sha256').update(canonicalText(value)).digest('base64url');

const textOrNull = (value: unknown): string | null => (isText(value) ? value : null);

/** Clients of the older era receive an output schema only where it describes an object. */
const outputOf = (value: unknown): unknown => (isRecord(value) && value['type'] === 'object' ? value : null);

/** What has to stay so that a call means what it meant: the schemas and the hints, without the texts. */
const callPart = (tool: Record<string, unknown>): unknown => ({
  input: tool['inputSchema'] ?? null,
  output: outputOf(tool['outputSchema']),
  annotations: hintsOf(tool['annotations']),
});

const hintsOf = (annotations: unknown): unknown => {
  if (!isRecord(annotations)) return null;
  const { title: _title, ...hints } = annotations;
  return Object.keys(hints).length === 0 ? null : hints;
};

/** A digest of all that models and people read of a tool, as a list has it. */
export const toolDigest = (tool: Record<string, unknown>): string =>
  digestOf({
    ...['name', 'title', 'description'].map((name) => textOrNull(tool[name])),
    annotations: tool['annotations'] ?? null,
    call: callPart(tool),
  });

/** A digest of the part of a tool that calls depend on. */
export const callDigest = (tool: Record<string, unknown>): string => digestOf(callPart(tool));

export const toolDigests = (tool: Record<string, unknown>): { whole: string; call: string } => ({
  whole: toolDigest(tool),
  call: callDigest(tool),
});

/** A digest of a prompt as a list has it. */
export const promptDigest = (prompt: Record<string, unknown>): string =>
  digestOf([textOrNull(prompt['name']), textOrNull(prompt['description']), prompt['arguments'] ?? []]);
