import type { Queryable } from '#prisma/client.ts';
import type { Listener } from '#prisma/sql.ts';

/**
 * Kinds of change. A message carries the topic and an id, never data: its receiver reads again, and re-authorizes.
 * Delivery is at most once and ordered per publisher; after a gap everything must be read again.
 */
export type Topic =
  /** deployment id: a new event row, status, release or machine. */
  | 'deployment'
  /** user id: one of the deployments that the user owns or manages changed, was created, or is no longer among them. */
  | 'deployments'
  /** deployment id: its tokens or access mode changed. */
  | 'access'
  /** deployment id: it is due for a worker now. */
  | 'work'
  /** user id: one of their sessions or API tokens ended. */
  | 'session'
  /** user id: their keys or other settings changed. */
  | 'settings'
  /** analysis id: progress or result. */
  | 'analysis'
  /** deployment id: its sign-in at a remote server changed. */
  | 'remote'
  /** deployment id: calls were added to its log. */
  | 'calls'
  /** deployment id: a sleeping machine is wanted; sent by instances of an older version alone. */
  | 'wake'
  /** an id that only who says it knows: how long a message takes. */
  | 'echo';

export interface Events {
  /**
   * Sends when the surrounding transaction commits (pg_notify), to every instance, this one included. Topics that
   * decide access are delivered here before the writer goes on, and come once more with the message.
   */
  publish(db: Queryable, topic: Topic, id: string): Promise<void>;
  /** Calls back for every message on a topic; `id` null receives all. Returns a function that stops it. */
  on(topic: Topic, id: string | null, listener: (id: string) => void): () => void;
  /** Calls back when LISTEN was lost (`down`) and when it is back (`up`): messages in between are lost. */
  onConnection(listener: (state: 'up' | 'down') => void): () => void;
  /**
   * Yields ids as they arrive, coalesced while the reader is busy; ends with the signal. After a gap it yields `id`
   * once. It listens from the call on, not from the first read: the first read yields changes in between. So a caller
   * that never reads must let the signal end it.
   */
  subscribe(topic: Topic, id: string, signal: AbortSignal): AsyncIterable<string>;
}

const CHANNEL = 'catwalk';
/** A new token is used at once, and the end of one must take effect at once: the message would take a moment. */
const TOLD_AT_ONCE: ReadonlySet<Topic> = new Set<Topic>(['access', 'session', 'remote']);

/** The event bus of one backend instance over the database's NOTIFY. */
export async function createEvents(listener: Listener): Promise<Events> {
  const listeners = new Map<string, Set<(id: string) => void>>();
  const connectionListeners = new Set<(state: 'up' | 'down') => void>();

  const emit = (key: string, id: string) => {
    for (const call of [...(listeners.get(key) ?? [])]) call(id);
  };
  const deliver = (payload: string) => {
    const space = payload.indexOf(' ');
    const id = payload.slice(space + 1);
    emit(payload, id);
    emit(payload.slice(0, space), id);
  };
  const on: Events['on'] = (topic, id, call) => {
    const key = id === null ? topic : `${topic} ${id}`;
    const set = listeners.get(key) ?? new Set();
    listeners.set(key, set.add(call));
    return () => {
      set.delete(call);
      if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
    };
  };
  const onConnection: Events['onConnection'] = (call) => {
    connectionListeners.add(call);
    return () => connectionListeners.delete(call);
  };

  await listener.listen(CHANNEL, deliver, (state) => {
    for (const call of [...connectionListeners]) call(state);
  });

  return {
    publish: async (db, topic, id) => {
      const payload = `${topic} ${id}`;
      await db.$executeRaw`SELECT pg_notify(${CHANNEL}, ${payload})`;
      if (TOLD_AT_ONCE.has(topic)) listener.afterCommit?.(() => deliver(payload));
    },
    on,
    onConnection,
    subscribe: (topic, id, signal) => {
      let pending = false;
      let wake = () => {};
      const signalChange = () => {
        pending = true;
        wake();
      };
      const stops = [on(topic, id, signalChange), onConnection((state) => state === 'up' && signalChange())];
      const stop = () => {
        for (const one of stops) one();
        signalChange();
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
      return changes();

      async function* changes() {
        try {
          while (!signal.aborted) {
            if (!pending) await new Promise<void>((resolve) => (wake = resolve));
            pending = false;
            if (!signal.aborted) yield id;
          }
        } finally {
          stop();
          signal.removeEventListener('abort', stop);
        }
      }
    },
  };
}
