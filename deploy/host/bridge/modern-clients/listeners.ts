import { isRecord } from '../../records.ts';
import type { CallReply } from '../call.ts';
import { insertMembers, memberText, wholeOf } from '../json-edit.ts';
import { type Envelope, findMember, resultMessage, scan } from '../json-rpc.ts';
import { SUBSCRIPTION_ID } from '../modern-answers.ts';
import { type SessionPeer, subscriptionKey } from '../session.ts';
import { rawToWire } from '../wire-values.ts';

const SUBSCRIBE_TIMEOUT_MS = 10_000;
const URIS_MAX = 1_000;

/** The members of a filter that list changes, with the capability and the notification of each. */
const LISTS = [
  ['toolsListChanged', 'tools', 'notifications/tools/list_changed'],
  ['promptsListChanged', 'prompts', 'notifications/prompts/list_changed'],
  ['resourcesListChanged', 'resources', 'notifications/resources/list_changed'],
] as const;

export type Filter = { lists: ReadonlySet<string>; uris: readonly string[] };

/** Reads `params.notifications` of a `subscriptions/listen`, parsed as it came; null if it is not a filter. */
export const readFilter = (params: unknown): Filter | null => {
  const given = isRecord(params) ? params['notifications'] : undefined;
  if (!isRecord(given)) return null;
  const uris = given['resourceSubscriptions'] ?? [];
  if (!Array.isArray(uris) || uris.length > URIS_MAX || !uris.every((uri) => typeof uri === 'string')) return null;
  return {
    lists: new Set(LISTS.map(([name]) => name).filter((name) => given[name] === true)),
    uris: [...new Set(uris)],
  };
};

type Listener = { reply: CallReply; clientId: string; notifications: ReadonlySet<string>; uris: ReadonlySet<string> };

/** A child's own resource subscriptions, on behalf of all of its sessions. */
type Remembered = {
  readonly remembered: Map<string, string>;
  subscribes(uri: string): boolean;
};

const tag = (clientId: string): string => `"${SUBSCRIPTION_ID}":${clientId}`;

/** Ends a stream gracefully. */
const endOf = (clientId: string): string =>
  resultMessage(clientId, `{"resultType":"complete","_meta":{${tag(clientId)}}}`);

const tagged = (message: Envelope, clientId: string): string => {
  const { text, params } = message;
  if (params === null) return insertMembers(text, wholeOf(text), `"params":{"_meta":{${tag(clientId)}}}`);
  const metaAt = findMember(text, params, '_meta');
  return metaAt === null
    ? insertMembers(text, params, `"_meta":{${tag(clientId)}}`)
    : insertMembers(text, metaAt, tag(clientId));
};

/** Says for how many listeners the child is subscribed to a resource, and subscribes it for the first of them. */
const createResourceCounts = (session: Remembered) => {
  type Count = { listeners: number; agreed: Promise<boolean> };
  const counts = new Map<string, Count>();

  const ask = (peer: SessionPeer, method: string, uri: string) =>
    peer.ask(
      `{"jsonrpc":"2.0","id":0,"method":"${method}","params":{"uri":${uri}}}`,
      AbortSignal.timeout(SUBSCRIBE_TIMEOUT_MS),
    );

  const subscribe = async (peer: SessionPeer, uri: string): Promise<boolean> => {
    const known = [...peer.sessions].some((other) => other.subscribes(uri));
    session.remembered.set(subscriptionKey(uri), '');
    if (known) return true;
    const answer = await ask(peer, 'resources/subscribe', uri).catch(() => null); // silence is a refusal
    return answer?.result != null;
  };

  const release = (peer: SessionPeer | null, uri: string) => {
    const count = counts.get(uri);
    if (!count) return; // forgotten with the child
    count.listeners -= 1;
    if (count.listeners > 0) return;
    counts.delete(uri);
    session.remembered.delete(subscriptionKey(uri));
    if (peer === null || peer.ended) return;
    for (const other of peer.sessions) if (other.subscribes(uri)) return;
    ask(peer, 'resources/unsubscribe', uri).catch(() => {}); // updates that still come have no listener
  };

  return {
    release,
    /** False if the child refuses. Listeners that come while the child is asked wait for the same answer. */
    async acquire(peer: SessionPeer, uri: string): Promise<boolean> {
      let count = counts.get(uri);
      if (!count) {
        count = { listeners: 0, agreed: subscribe(peer, uri) };
        counts.set(uri, count);
      }
      count.listeners += 1;
      const agreed = await count.agreed;
      if (!agreed && counts.get(uri) === count) release(null, uri);
      return agreed;
    },
    forgetAll() {
      for (const uri of counts.keys()) session.remembered.delete(subscriptionKey(uri));
      counts.clear();
    },
  };
};

/** The `subscriptions/listen` streams of modern clients over one legacy child. */
export const createListeners = (session: Remembered) => {
  const listeners = new Set<Listener>();
  const resources = createResourceCounts(session);

  const close = (listener: Listener, peer: SessionPeer | null) => {
    if (!listeners.delete(listener)) return;
    for (const uri of listener.uris) resources.release(peer, uri);
  };

  return {
    /** Acknowledges what the child supports, then passes it on. Resolves to the function that ends the stream. */
    async open(
      peer: SessionPeer,
      stream: { reply: CallReply; clientId: string; filter: Filter; capabilities: Record<string, unknown> },
    ): Promise<() => void> {
      const { reply, clientId, filter, capabilities } = stream;
      const can = (capability: string, member: string) => {
        const declared = capabilities[capability];
        return isRecord(declared) && declared[member] === true;
      };
      const lists = LISTS.filter(([name, capability]) => filter.lists.has(name) && can(capability, 'listChanged'));
      const wanted = can('resources', 'subscribe') ? filter.uris : [];
      const agreed = await Promise.all(wanted.map((uri) => resources.acquire(peer, rawToWire(uri))));
      if (peer.ended) {
        reply.answer(endOf(clientId), peer.now);
        return () => {};
      }
      const uris = wanted.filter((_, index) => agreed[index]);
      const listener: Listener = {
        reply,
        clientId,
        notifications: new Set(lists.map(([, , notification]) => notification)),
        uris: new Set(uris.map(rawToWire)),
      };
      const notifications = rawToWire({
        ...Object.fromEntries(lists.map(([name]) => [name, true])),
        ...(uris.length === 0 ? {} : { resourceSubscriptions: uris }),
      });
      reply.send(
        `{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{${tag(clientId)}},"notifications":${notifications}}}`,
        peer.now,
      );
      listeners.add(listener);
      return () => close(listener, peer);
    },

    deliver(text: string, now: number): void {
      const message = scan(text);
      if (message === null) return;
      const uri = message.method === 'notifications/resources/updated' ? memberText(text, message.params, 'uri') : null;
      for (const { reply, clientId, notifications, uris } of listeners)
        if (uri === null ? notifications.has(message.method ?? '') : uris.has(uri))
          reply.send(tagged(message, clientId), now);
    },

    /** Ends all streams gracefully: their child, or the machine, ends. */
    endAll(now: number): void {
      for (const { reply, clientId } of listeners) reply.answer(endOf(clientId), now);
      listeners.clear();
      resources.forgetAll();
    },

    get size(): number {
      return listeners.size;
    },
  };
};

export type Listeners = ReturnType<typeof createListeners>;
