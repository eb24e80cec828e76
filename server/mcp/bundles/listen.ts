import type { ServerResponse } from 'node:http';
import type { RouteMember } from '../route.ts';
import type { Asker, LegacyAsker } from './askers.ts';
import { type Call, keepShownUri, shownUriIn } from './call.ts';
import { readEventId, toEventId } from './event-ids.ts';
import { type FollowDeps, followMembers } from './follow.ts';
import { META, type Message, notification, readMessage, recordIn } from './messages.ts';
import { beginStream, writeTo } from './responses.ts';
import { toClient } from './to-client.ts';

const SUBSCRIPTION_ID = `${META}subscriptionId`;
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const LIST_CHANGES = {
  toolsListChanged: 'notifications/tools/list_changed',
  promptsListChanged: 'notifications/prompts/list_changed',
  resourcesListChanged: 'notifications/resources/list_changed',
} as const;

export type Following = Pick<FollowDeps, 'members' | 'onMembersChanged' | 'pause' | 'signal'>;

/** The GET stream of a session: those of all its members in one. */
export function streamSession(
  response: ServerResponse,
  asker: LegacyAsker,
  lastEventId: string | undefined,
  shownUris: ReadonlyMap<string, string>,
  following: Following,
): void {
  const followed = readEventId(lastEventId);
  const shownUri = shownUriIn(shownUris);
  beginStream(response);
  response.write(':\n\n');
  followMembers({
    ...following,
    open: (member, signal) => asker.ask(member, null, { method: 'GET', signal, lastEventId: followed[member.prefix] }),
    onEvent: async (member, { id, data }) => {
      if (id !== null) followed[member.prefix] = id;
      const message = data === '' ? null : readMessage(data);
      if (message === null && (data !== '' || id === null)) return;
      const eventId = id === null ? null : toEventId(followed);
      await writeTo(response, eventId, message && toClient(member, message, shownUri));
    },
    onChanged: () => {
      for (const method of Object.values(LIST_CHANGES)) void writeTo(response, null, notification(method));
    },
  });
}

type Subscriptions = { filter: Message; uris: Map<string, string[]> };

/** The resources of a member that it is asked to announce: its own only. */
const filterFor = ({ filter, uris }: Subscriptions, { prefix }: RouteMember): Message => {
  const { resourceSubscriptions: _all, ...rest } = filter;
  const own = uris.get(prefix) ?? [];
  return own.length === 0 ? rest : { ...rest, resourceSubscriptions: own };
};

/** Sorts the resources of a subscription by member; those of no member are left out, as a server would leave them out. */
async function sortUris(call: Call): Promise<Subscriptions> {
  const filter = recordIn(call.params, 'notifications');
  const wanted = filter['resourceSubscriptions'];
  const uris = new Map<string, string[]>();
  for (const uri of Array.isArray(wanted) ? (wanted as unknown[]) : []) {
    if (typeof uri !== 'string') continue;
    const found = await call.owners.find(
      call.caller,
      call.asker,
      call.members,
      { uri, params: call.params },
      call.signal,
    );
    if (found === null) continue;
    const { prefix } = found.member;
    uris.set(prefix, [...(uris.get(prefix) ?? []), found.name]);
    keepShownUri(call.shownUris, found, uri);
  }
  return { filter, uris };
}

/** `subscriptions/listen` (2026-07-28): the subscriptions at all members, behind one acknowledgment. */
export async function listen(call: Call, asker: Asker, following: Following): Promise<void> {
  const { response, id, message, params, shownUris } = call;
  const subscriptions = await sortUris(call);
  const { filter, uris } = subscriptions;
  const shownUri = shownUriIn(shownUris);
  const withId = (method: string, more: Message = {}) =>
    notification(method, { _meta: { [SUBSCRIPTION_ID]: id }, ...more });
  beginStream(response);
  const subscribed = [...uris].flatMap(([prefix, own]) => {
    const member = call.members.find((one) => one.prefix === prefix);
    return member === undefined ? [] : own.map((uri) => shownUri(member, uri));
  });
  const changes = Object.keys(LIST_CHANGES).filter((name) => filter[name] === true);
  // Members come and go, so that changes of all lists are announced, whatever the present ones declare.
  const agreed = {
    ...Object.fromEntries(changes.map((name) => [name, true])),
    ...(subscribed.length === 0 ? {} : { resourceSubscriptions: subscribed }),
  };
  await writeTo(response, null, withId(ACKNOWLEDGED, { notifications: agreed }));
  followMembers({
    ...following,
    open: (member, signal) =>
      asker.ask(
        member,
        { ...message, params: { ...params, notifications: filterFor(subscriptions, member) } },
        { signal },
      ),
    onEvent: async (member, { data }) => {
      const read = data === '' ? null : readMessage(data);
      // The bundle has acknowledged for its members, and a stream that one of them ends is opened again.
      if (read === null || read['method'] === undefined || read['method'] === ACKNOWLEDGED) return;
      await writeTo(response, null, toClient(member, read, shownUri));
    },
    onChanged: () => {
      for (const [name, method] of Object.entries(LIST_CHANGES))
        if (filter[name] === true) void writeTo(response, null, withId(method));
    },
  });
}
