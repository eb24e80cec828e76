import type { CallReply } from '../call.ts';
import { memberText, wholeOf, withoutMembers } from '../json-edit.ts';
import { type Envelope, findMember, RPC, replaceSpan, scan, slice } from '../json-rpc.ts';
import { SUBSCRIPTION_ID } from '../modern-answers.ts';
import type { SessionPeer } from '../session.ts';
import { fromWire, rawFromWire } from '../wire-values.ts';

const ACKNOWLEDGED_MS = 10_000;

/** The filter that a child agreed to; null if it refused to be listened to. */
export type Agreed = { uris: ReadonlySet<string> } | { refusal: Envelope | null };

export type ChildListening = {
  /** Brings the subscription up to what the sessions want now; resolves when the child has agreed, or refused. */
  update(): Promise<Agreed>;
};

/** The lists of which the child announces changes. */
const listFilter = (capabilities: Record<string, unknown>): Record<string, true> => {
  const changes = (name: string) => {
    const capability = capabilities[name];
    return typeof capability === 'object' && capability !== null && 'listChanged' in capability
      ? capability.listChanged === true
      : false;
  };
  return {
    ...(changes('tools') ? { toolsListChanged: true } : {}),
    ...(changes('prompts') ? { promptsListChanged: true } : {}),
    ...(changes('resources') ? { resourcesListChanged: true } : {}),
  };
};

/** The notification as legacy clients know it: its subscription means nothing to them. */
const withoutSubscriptionId = ({ text, params }: Envelope): string => {
  const metaAt = findMember(text, params, '_meta');
  if (params === null || metaAt === null) return text;
  const meta = withoutMembers(slice(text, metaAt), wholeOf(slice(text, metaAt)), (name) => name === SUBSCRIPTION_ID);
  return meta === '{}' ? withoutMembers(text, params, (name) => name === '_meta') : replaceSpan(text, metaAt, meta);
};

const urisIn = (message: Envelope): Set<string> => {
  const filterAt = findMember(message.text, message.params, 'notifications');
  const uris = rawFromWire(memberText(message.text, filterAt, 'resourceSubscriptions') ?? '[]');
  return new Set(Array.isArray(uris) ? uris.filter((uri) => typeof uri === 'string') : []);
};

/**
 * One `subscriptions/listen` on a modern child for all legacy sessions that share it. When the sessions want something
 * else, the next subscription is acknowledged before the last one ends, so that no change is missed, and only one of
 * both is passed on, so that none arrives twice.
 */
export const createChildListening = (
  peer: SessionPeer,
  deps: { meta: string; capabilities: Record<string, unknown>; log: (text: string) => void },
): ChildListening => {
  type Subscription = { id: number; wanted: string; agreed: Agreed };
  let current: Subscription | null = null;
  let last: Promise<Agreed> = Promise.resolve({ refusal: null });
  const lists = listFilter(deps.capabilities);

  const listeners = () => [...peer.sessions].filter((session) => session.interpreter !== null);

  const wantedUris = (): string[] => [...new Set(listeners().flatMap((session) => session.subscribedUris))].sort();

  const deliver = (message: Envelope) => {
    const text = withoutSubscriptionId(message);
    const uri = message.method === 'notifications/resources/updated' ? memberText(text, message.params, 'uri') : null;
    for (const session of listeners()) if (uri === null || session.subscribes(uri)) session.announce(text);
  };

  const end = (subscription: Subscription) =>
    peer.cancelCalls((_, id) => id === subscription.id, 'The host listens for something else.');

  const open = (wanted: string, uris: readonly string[]): Promise<Agreed> =>
    new Promise((resolve) => {
      const previous = current;
      let mine: Subscription | null = null;
      const settle = (agreed: Agreed) => {
        clearTimeout(limit);
        resolve(agreed);
      };
      const limit = setTimeout(() => {
        peer.cancelCalls((_, id) => id === callId, 'The server did not acknowledge the subscription.');
        settle({ refusal: null });
      }, ACKNOWLEDGED_MS);
      limit.unref();
      const reply: CallReply = {
        live: true,
        requestId: null,
        send(text) {
          const message = scan(text);
          if (message === null) return;
          if (message.method === 'notifications/subscriptions/acknowledged') {
            const agreed = { uris: urisIn(message) };
            mine = { id: callId, wanted, agreed };
            current = mine;
            if (previous) end(previous);
            settle(agreed);
          } else if (mine !== null && mine === current) deliver(message);
        },
        answer(text) {
          // The child ended the subscription, refused it, or is gone.
          if (mine !== null && mine === current) current = null;
          settle({ refusal: scan(text) });
        },
      };
      const filter = JSON.stringify({ ...lists, ...(uris.length === 0 ? {} : { resourceSubscriptions: [] }) });
      const notifications = filter.replace('[]', () => `[${uris.join(',')}]`);
      const callId = peer.listen(
        `{"jsonrpc":"2.0","id":0,"method":"subscriptions/listen","params":{"_meta":{${deps.meta}},"notifications":${notifications}}}`,
        reply,
      );
    });

  const update = async (): Promise<Agreed> => {
    if (peer.ended) return { refusal: null };
    const uris = wantedUris();
    const wanted = uris.join(',');
    if (listeners().length === 0 || (uris.length === 0 && Object.keys(lists).length === 0)) {
      if (current) end(current);
      current = null;
      return { uris: new Set() };
    }
    if (current?.wanted === wanted) return current.agreed;
    return open(wanted, uris);
  };

  return {
    update() {
      last = last.then(update, update);
      return last;
    },
  };
};

/** The error with which a child refused, as an answer to the client's request; null if it gave none. */
export const refusalOf = (agreed: Agreed): { code: number; message: string } | null => {
  if ('uris' in agreed) return null;
  const at = agreed.refusal?.error;
  const error: unknown = agreed.refusal && at ? fromWire(slice(agreed.refusal.text, at)) : null;
  return typeof error === 'object' && error !== null && 'message' in error
    ? { code: RPC.INTERNAL, message: String(error.message) }
    : { code: RPC.INTERNAL, message: 'The server did not acknowledge the subscription.' };
};
