import type { RouteMember } from '../route.ts';
import type { Failed, Gathered } from './gather.ts';
import { LEGACY_VERSIONS, META, type Message, MODERN_VERSION, recordIn } from './messages.ts';
import { toShownName, toShownUri } from './names.ts';

const [NEWEST_LEGACY = ''] = LEGACY_VERSIONS;

/** Members that give nothing now, in the `_meta` of lists: so that a program can show them. */
const UNAVAILABLE = 'catwalk/unavailable';

/** The lists, with the member of their result and the name of an item. */
export const LISTS = {
  'tools/list': { items: 'tools', name: 'name' },
  'prompts/list': { items: 'prompts', name: 'name' },
  'resources/list': { items: 'resources', name: 'uri' },
  'resources/templates/list': { items: 'resourceTemplates', name: 'uriTemplate' },
} as const;
export type ListMethod = keyof typeof LISTS;

export const isListMethod = (method: string): method is ListMethod => Object.hasOwn(LISTS, method);

/** Tasks do not pass a bundle: a tool that is only called as one is left out. */
const asTool = ({ execution, ...tool }: Message): Message | null =>
  recordIn({ execution }, 'execution')['taskSupport'] === 'required' ? null : tool;

function* shownItems(method: ListMethod, lists: readonly Gathered<Message[]>[]): Generator<Message> {
  const { name: key } = LISTS[method];
  const uris = new Set<string>();
  for (const { member, value } of lists) {
    for (const item of value) {
      const name = item[key];
      if (typeof name !== 'string') continue;
      if (key === 'name') {
        const shown = method === 'tools/list' ? asTool(item) : item;
        if (shown !== null) yield { ...shown, name: toShownName(member, name) };
        continue;
      }
      const uri = uris.has(name) ? toShownUri(member, name) : name;
      uris.add(uri);
      yield { ...item, [key]: uri };
    }
  }
}

const metaOf = (failed: readonly Failed[]): Message =>
  failed.length === 0
    ? {}
    : {
        _meta: {
          [UNAVAILABLE]: failed.map(({ member: { prefix, name }, failure }) => ({ prefix, name, ...failure })),
        },
      };

/** What a result of the modern era says about itself: nothing is kept, since members change by themselves. */
const modernMembers = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };

/** One list of all members. Tools and prompts have their member's prefix, resources only where two have one URI. */
export const mergeLists = (
  method: ListMethod,
  lists: readonly Gathered<Message[]>[],
  failed: readonly Failed[],
  era: 'legacy' | 'modern',
): Message => ({
  ...(era === 'modern' ? modernMembers : {}),
  [LISTS[method].items]: [...shownItems(method, lists)],
  ...metaOf(failed),
});

/** The capabilities of a bundle: what at least one member has. Tools may come at any time. */
function mergeCapabilities(all: readonly Message[]): Message {
  const declared = (name: string) => all.filter((one) => one[name] !== undefined).map((one) => recordIn(one, name));
  const merged: Message = { tools: { listChanged: true } };
  if (declared('prompts').length > 0) merged['prompts'] = { listChanged: true };
  const resources = declared('resources');
  if (resources.length > 0) {
    const subscribe = resources.some((one) => one['subscribe'] === true);
    merged['resources'] = { listChanged: true, ...(subscribe ? { subscribe } : {}) };
  }
  for (const name of ['logging', 'completions']) if (declared(name).length > 0) merged[name] = {};
  return merged;
}

const describe = ({ prefix, name }: RouteMember): string =>
  `${name} (names that begin with ${toShownName({ prefix }, '')})`;

/** The instructions of all members, and which of them give nothing now. */
function mergeInstructions(openings: readonly Gathered<Message>[], failed: readonly Failed[]): string {
  const parts = openings.flatMap(({ member, value: { instructions } }) =>
    typeof instructions === 'string' && instructions !== '' ? [`# ${describe(member)}\n\n${instructions}`] : [],
  );
  for (const { member, failure } of failed)
    parts.push(`# ${describe(member)}\n\nNot available now (${failure.code}): ${failure.message}`);
  return parts.join('\n\n');
}

const serverInfo = (name: string) => ({ name, version: '1.0.0' });

const openingOf = (openings: readonly Gathered<Message>[], failed: readonly Failed[]): Message => {
  const instructions = mergeInstructions(openings, failed);
  return {
    capabilities: mergeCapabilities(openings.map(({ value }) => recordIn(value, 'capabilities'))),
    ...(instructions === '' ? {} : { instructions }),
  };
};

/** The answer to `initialize`. The version is the oldest that a member speaks: revisions are named by date. */
export const mergeInitialize = (
  name: string,
  requested: string,
  openings: readonly Gathered<Message>[],
  failed: readonly Failed[],
): Message => ({
  protocolVersion:
    openings.map(({ value }) => String(value['protocolVersion'])).sort()[0] ??
    (LEGACY_VERSIONS.includes(requested) ? requested : NEWEST_LEGACY),
  serverInfo: serverInfo(name),
  ...openingOf(openings, failed),
});

/** The answer to `server/discover`. */
export const mergeDiscover = (
  name: string,
  openings: readonly Gathered<Message>[],
  failed: readonly Failed[],
): Message => ({
  ...modernMembers,
  supportedVersions: [MODERN_VERSION, ...LEGACY_VERSIONS],
  ...openingOf(openings, failed),
  _meta: { [`${META}serverInfo`]: serverInfo(name) },
});
