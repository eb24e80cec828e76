import { scanBatch } from '../bridge/json-rpc.ts';
import { fromWire, toWire } from '../bridge/wire-values.ts';
import { isRecord } from '../records.ts';
import type { CompiledView } from './compiled-view.ts';
import { type Member, membersIn, rawOf, textOf, toObject, withMember } from './edit-members.ts';
import { showTool } from './shown-tool.ts';

/** The lists of a server: where their items stand, and how an item is named. */
export const LISTS = {
  'tools/list': { member: 'tools', name: 'name' },
  'prompts/list': { member: 'prompts', name: 'name' },
  'resources/list': { member: 'resources', name: 'uri' },
  'resources/templates/list': { member: 'resourceTemplates', name: 'uriTemplate' },
} as const;
export type ListMethod = keyof typeof LISTS;

export const isListMethod = (method: string): method is ListMethod => Object.hasOwn(LISTS, method);

export const isScalar = (value: string): boolean => value[0] !== '{' && value[0] !== '[';

/** Names of tools and prompts, and URIs of resources, that the view hides: what texts for programs must not name. */
export type Hidden = Pick<ReadonlySet<string>, 'has'>;

/** Finds hidden names in texts; `names` are those of the lists. URIs need not be in a list. */
export const hiddenIn = (view: CompiledView, names: () => ReadonlySet<string>): Hidden => ({
  has: (text) => names().has(text) || (view.limitsResources && text.includes('://') && !view.showsResource(text)),
});

const names = (value: unknown, hidden: Hidden): boolean => {
  if (typeof value === 'string') return hidden.has(value);
  if (Array.isArray(value)) return value.some((one) => names(one, hidden));
  return isRecord(value) && Object.entries(value).some(([key, one]) => hidden.has(key) || names(one, hidden));
};

/** `_meta` without the members that name something hidden. */
const withoutHiddenMeta = (members: Member[], hidden: Hidden): Member[] => {
  const meta = membersIn(rawOf(members, '_meta') ?? '');
  if (meta === null) return members;
  const kept = meta.filter(({ name, value }) => {
    const read = fromWire(value);
    const isReadable = read !== null || value === 'null'; // what cannot be read may name anything
    return isReadable && !hidden.has(name) && !names(read, hidden);
  });
  if (kept.length === meta.length) return members;
  return kept.length === 0
    ? members.filter(({ name }) => name !== '_meta')
    : withMember(members, '_meta', toObject(kept));
};

/** The item as the view shows it, null for a hidden one. */
const showItem = (view: CompiledView, method: ListMethod, item: Member[], name: string): Member[] | null => {
  switch (method) {
    case 'tools/list': {
      const shown = view.shownTool(name);
      return shown === null ? null : showTool(item, shown, view.changeOf(name));
    }
    case 'prompts/list':
      return view.showsPrompt(name) ? item : null;
    case 'resources/list':
    case 'resources/templates/list':
      return view.showsResource(name) ? item : null;
  }
};

/** The names of the items in a result that are shown, and those that are not. */
export const namesInList = (view: CompiledView, method: ListMethod, result: string) => {
  const shown = new Set<string>();
  const hidden = new Set<string>();
  const { member, name: nameMember } = LISTS[method];
  for (const element of scanBatch(rawOf(membersIn(result) ?? [], member) ?? '[]') ?? []) {
    const item = membersIn(element);
    const name = item && textOf(item, nameMember);
    if (item && name !== null) (showItem(view, method, item, name) === null ? hidden : shown).add(name);
  }
  return { shown, hidden };
};

/**
 * The result of a list as the view shows it: text of a character for each byte, as the bridge has it. Items that cannot
 * be read, and members of the result that are no part of the protocol and could hold anything, are left out.
 * `sealCursor` makes the cursor of the server one that says nothing.
 */
export const showList = (
  view: CompiledView,
  method: ListMethod,
  result: string,
  { hidden, sealCursor }: { hidden: Hidden; sealCursor: (cursor: string) => string },
): string => {
  const { member, name: nameMember } = LISTS[method];
  const members: Member[] = [];
  for (const { name, value } of membersIn(result) ?? []) {
    if (name === member) {
      const items: string[] = [];
      for (const element of scanBatch(value) ?? []) {
        const item = membersIn(element);
        const itemName = item && textOf(item, nameMember);
        const shown = item && itemName !== null && showItem(view, method, item, itemName);
        if (shown) items.push(toObject(withoutHiddenMeta(shown, hidden)));
      }
      members.push({ name, value: `[${items.join(',')}]` });
    } else if (name === 'nextCursor') members.push({ name, value: sealCursor(value) });
    else if (name === '_meta' || isScalar(value)) members.push({ name, value });
  }
  return toObject(withoutHiddenMeta(members, hidden));
};

/** The answer to `initialize` or `server/discover`, with the instructions of the view. */
export const showOpening = (view: CompiledView, result: string): string => {
  const members = membersIn(result);
  if (view.instructions === null || members === null) return result;
  const kept = members.filter(({ name }) => name !== 'instructions');
  if (view.instructions === '') return toObject(kept);
  return toObject([...kept, { name: 'instructions', value: toWire(view.instructions) }]);
};
