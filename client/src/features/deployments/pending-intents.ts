import { createContext, use, useSyncExternalStore } from 'react';
import type { PendingIntent } from '../status/looks.ts';

type Entry = { intent: PendingIntent; updatedAt: string | null; isAccepted: boolean };

/**
 * Holds what this tab has requested and the server has not yet shown, by deployment. A request shows at once: as a
 * pending intent, never as its result. The subscription brings the truth and takes over.
 */
export type PendingIntentStore = {
  get: (id: string) => Entry | undefined;
  /**
   * @param updatedAt when the deployment last changed, as far as this tab knows
   * @returns a function to call with the server's response: false removes the intent at once
   */
  begin: (id: string, intent: PendingIntent, updatedAt: string | null) => (succeeded: boolean) => void;
  subscribe: (listener: () => void) => () => void;
};

/** The event of an accepted intent follows soon. If it never comes, the last state from the server counts. */
const FORGET_AFTER_MS = 10_000;

export function createPendingIntentStore(
  later: (run: () => void, ms: number) => unknown = setTimeout,
): PendingIntentStore {
  const open = new Map<string, Entry>();
  const listeners = new Set<() => void>();
  const put = (id: string, entry: Entry | null) => {
    if (entry) open.set(id, entry);
    else open.delete(id);
    for (const call of [...listeners]) call();
  };
  return {
    get: (id) => open.get(id),
    begin: (id, intent, updatedAt) => {
      let own: Entry = { intent, updatedAt, isAccepted: false };
      /** Leaves a newer intent for the same deployment alone. */
      const replace = (next: Entry | null) => {
        if (open.get(id) !== own) return;
        put(id, next);
        if (next) own = next;
      };
      put(id, own);
      return (succeeded) => {
        replace(succeeded ? { ...own, isAccepted: true } : null);
        if (succeeded) later(() => replace(null), FORGET_AFTER_MS);
      };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const PendingIntentsContext = createContext<PendingIntentStore | null>(null);

export function usePendingIntentStore(): PendingIntentStore {
  const store = use(PendingIntentsContext);
  if (!store) throw new Error('No PendingIntentsContext above.');
  return store;
}

type Deployment = { id: string; updatedAt: string; pendingIntent?: 'STOP' | 'RESTART' | null };

/** The intent that has not happened yet: requested by this tab a moment ago, else reported by the server. */
export function usePendingIntent(deployment: Deployment): PendingIntent | null {
  const store = usePendingIntentStore();
  const entry = useSyncExternalStore(store.subscribe, () => store.get(deployment.id));
  return currentIntent(entry, deployment);
}

/** An accepted intent stands until the server reports anything newer than what was known at the request. */
export function currentIntent(
  entry: Entry | undefined,
  { updatedAt, pendingIntent }: Omit<Deployment, 'id'>,
): PendingIntent | null {
  const isOver = entry === undefined || (entry.isAccepted && entry.updatedAt !== updatedAt);
  return isOver ? (pendingIntent ?? null) : entry.intent;
}
