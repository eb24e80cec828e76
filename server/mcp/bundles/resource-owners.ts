import { matchesUriPattern } from '#deploy/host/views/pattern.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { RouteMember } from '../route.ts';
import { type Asker, memberKey, metaFor } from './askers.ts';
import { gather, listOf } from './gather.ts';
import { LISTS } from './merge.ts';
import type { Message } from './messages.ts';
import { findPrefixedUri, type Named } from './names.ts';

const KEPT_MS = 30_000;
/** A URI that is in no list may be new: the lists are read again, this often at most. */
const AGAIN_MS = 1_000;
const KEPT_MAX = 1_000;

type Listed = { member: RouteMember; uris: ReadonlySet<string>; templates: ReadonlySet<string> };
type Owners = { readAtMs: number; listed: Listed[] };

const namesIn = (items: readonly Message[], key: string): string[] =>
  items.flatMap((item) => (typeof item[key] === 'string' ? [item[key]] : []));

export type ResourceOwners = {
  /** The member that has a resource or a template, and its own URI there; null for one of no member. */
  find(
    key: string,
    asker: Asker,
    members: readonly RouteMember[],
    request: { uri: string; params: Message },
    signal: AbortSignal,
  ): Promise<Named | null>;
};

/**
 * Finds out whose a resource is. URIs are the servers' own, so that the lists tell: what no member lists, and no template
 * makes, is of nobody, and no server learns of it. The first member of a URI keeps it; the prefixed form names any member.
 */
export function createResourceOwners(nowMs: () => number): ResourceOwners {
  const kept = new Map<string, Owners>();

  const read = async (asker: Asker, members: readonly RouteMember[], params: Message, signal: AbortSignal) => {
    const { found } = await gather(members, signal, async (member, bounded): Promise<Listed> => {
      const list = (method: 'resources/list' | 'resources/templates/list') => {
        const { items } = LISTS[method];
        return listOf(asker, member, { method, params: metaFor(params), items }, bounded);
      };
      const [resources, templates] = await Promise.all([list('resources/list'), list('resources/templates/list')]);
      const names = namesIn(templates, 'uriTemplate');
      return {
        member,
        uris: new Set(namesIn(resources, 'uri')),
        templates: new Set(names),
      };
    });
    return found.map(({ value }) => value);
  };

  const ownerIn = (listed: readonly Listed[], uri: string): RouteMember | null => {
    const exact = listed.find(({ uris, templates }) => uris.has(uri) || templates.has(uri));
    return (
      (exact ?? listed.find(({ templates }) => [...templates].some((one) => matchesUriPattern(one, uri))))?.member ??
      null
    );
  };

  return {
    find: async (caller, asker, members, { uri, params }, signal) => {
      const key = `${caller}\n${asker.era}\n${members.map((one) => `${one.prefix} ${memberKey(one)}`).join('\n')}`;
      const known = kept.get(key);
      const isFresh = known !== undefined && nowMs() - known.readAtMs < KEPT_MS;
      const owner = isFresh ? ownerIn(known.listed, uri) : null;
      if (owner !== null) return { member: owner, name: uri };
      const prefixed = findPrefixedUri(members, uri);
      if (prefixed !== null) return prefixed;
      if (isFresh && nowMs() - known.readAtMs < AGAIN_MS) return null;
      const readAtMs = nowMs();
      const listed = await read(asker, members, params, signal);
      kept.delete(key);
      kept.set(key, { readAtMs, listed });
      forgetOldest(kept, KEPT_MAX);
      const found = ownerIn(listed, uri);
      return found === null ? null : { member: found, name: uri };
    },
  };
}
