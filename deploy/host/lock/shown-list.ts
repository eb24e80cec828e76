import { promptDigest, toolDigest } from '../definition-text.ts';
import type { DefinitionLock, LockedPrompt, LockedTool } from '../lock-contract.ts';
import { isRecord, isText } from '../records.ts';

/** A lock, ready to be asked. */
export type IndexedLock = {
  tools: ReadonlyMap<string, LockedTool>;
  prompts: ReadonlyMap<string, LockedPrompt>;
  resources: ReadonlyMap<string, Record<string, unknown> | null>;
  instructions: readonly (string | null)[];
};

export const indexLock = ({ tools, prompts, resources, instructions }: DefinitionLock): IndexedLock => ({
  tools: new Map(tools.map((tool) => [tool.name, tool])),
  prompts: new Map(prompts.map((prompt) => [prompt.name, prompt])),
  resources: new Map(resources.map(({ uri, agreed }) => [uri, agreed])),
  instructions,
});

const redactedValue = (value: unknown, redact: (text: string) => string): unknown => {
  if (isText(value)) return redact(value);
  if (Array.isArray(value)) return value.map((entry) => redactedValue(entry, redact));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [redact(name), redactedValue(entry, redact)]));
};

export type LockReading = { lock: IndexedLock; redact: (text: string) => string };

/** A definition without the values of credentials, as the platform keeps it. */
export const redacted = (item: Record<string, unknown>, redact: LockReading['redact']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, entry]) => [name, redactedValue(entry, redact)]));

/** The definition that clients see in place of one of the server; null for a hidden one. */
const shownTool = (tool: Record<string, unknown>, { lock, redact }: LockReading): Record<string, unknown> | null => {
  const locked = isText(tool['name']) ? lock.tools.get(tool['name']) : undefined;
  if (locked === undefined) return null;
  return locked.accepted.includes(toolDigest(redacted(tool, redact))) ? tool : locked.agreed;
};

const shownPrompt = (prompt: Record<string, unknown>, { lock, redact }: LockReading) => {
  const locked = isText(prompt['name']) ? lock.prompts.get(prompt['name']) : undefined;
  if (locked === undefined) return null;
  return locked.accepted.includes(promptDigest(redacted(prompt, redact))) ? prompt : locked.agreed;
};

const shownResource =
  (member: 'uri' | 'uriTemplate') =>
  (resource: Record<string, unknown>, { lock }: LockReading): Record<string, unknown> | null => {
    const uri = resource[member];
    const held = isText(uri) ? lock.resources.get(uri) : undefined;
    return held === undefined ? resource : held;
  };

type List = {
  member: string;
  show: (item: Record<string, unknown>, reading: LockReading) => Record<string, unknown> | null;
  /** Agreed definitions that the server no longer lists (nothing is accepted for them) stay visible; calls are refused. */
  kept: (lock: IndexedLock) => Iterable<LockedPrompt>;
};

const none = (): LockedPrompt[] => [];
const removed = (items: Iterable<LockedPrompt>): LockedPrompt[] =>
  [...items].filter(({ accepted }) => accepted.length === 0);

export const LOCKED_LISTS: ReadonlyMap<string, List> = new Map<string, List>([
  ['tools/list', { member: 'tools', show: shownTool, kept: ({ tools }) => removed(tools.values()) }],
  ['prompts/list', { member: 'prompts', show: shownPrompt, kept: ({ prompts }) => removed(prompts.values()) }],
  ['resources/list', { member: 'resources', show: shownResource('uri'), kept: none }],
  ['resources/templates/list', { member: 'resourceTemplates', show: shownResource('uriTemplate'), kept: none }],
]);

/**
 * A page of a list as clients see it; the same object where nothing differs. On the last page, definitions that the server
 * took away follow: the platform has seen that they are gone, so that they stand on no page.
 */
export function showList(
  method: string,
  result: Record<string, unknown>,
  reading: LockReading,
): Record<string, unknown> {
  const list = LOCKED_LISTS.get(method);
  const items = list && result[list.member];
  if (list === undefined || !Array.isArray(items)) return result;
  const shown: unknown[] = [];
  const names = new Set<unknown>();
  let isChanged = false;
  for (const item of items) {
    const kept = isRecord(item) ? list.show(item, reading) : null;
    if (kept !== item) isChanged = true;
    if (kept === null) continue;
    if (isRecord(item)) names.add(item['name']);
    shown.push(kept);
  }
  if (result['nextCursor'] === undefined || result['nextCursor'] === null) {
    for (const { name, agreed } of list.kept(reading.lock)) {
      if (names.has(name)) continue;
      isChanged = true;
      shown.push(agreed);
    }
  }
  return isChanged ? { ...result, [list.member]: shown } : result;
}
