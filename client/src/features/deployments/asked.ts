import { createContext, use, useSyncExternalStore } from 'react';
import type { AskedFor } from '../../ui/data/status.ts';

type Asked = { what: AskedFor; updatedAt: string | null; isAnswered: boolean };

/**
 * What this tab has asked for and not heard of yet, by deployment. It is shown the moment it is asked: as an intent,
 * never as what has happened. The truth arrives over the subscription and takes over.
 */
export type AskedStore = {
  get: (id: string) => Asked | undefined;
  /**
   * @param updatedAt when the deployment last changed, as far as this tab knows
   * @returns what to call when the server has answered: with false the intent is taken back at once
   */
  begin: (id: string, what: AskedFor, updatedAt: string | null) => (succeeded: boolean) => void;
  subscribe: (listener: () => void) => () => void;
};

/** Of a change that was accepted its event is not far. When it never comes, what the server last said counts. */
const FORGET_AFTER_MS = 10_000;

export function createAskedStore(later: (run: () => void, ms: number) => unknown = setTimeout): AskedStore {
  const open = new Map<string, Asked>();
  const listeners = new Set<() => void>();
  const put = (id: string, asked: Asked | null) => {
    if (asked) open.set(id, asked);
    else open.delete(id);
    for (const call of [...listeners]) call();
  };
  return {
    get: (id) => open.get(id),
    begin: (id, what, updatedAt) => {
      let mine: Asked = { what, updatedAt, isAnswered: false };
      /** A newer intent for the same deployment is none of ours to change. */
      const replace = (next: Asked | null) => {
        if (open.get(id) !== mine) return;
        put(id, next);
        if (next) mine = next;
      };
      put(id, mine);
      return (succeeded) => {
        replace(succeeded ? { ...mine, isAnswered: true } : null);
        if (succeeded) later(() => replace(null), FORGET_AFTER_MS);
      };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const AskedContext = createContext<AskedStore | null>(null);

export function useAskedStore(): AskedStore {
  const store = use(AskedContext);
  if (!store) throw new Error('No AskedContext above.');
  return store;
}

type Told = { id: string; updatedAt: string; pendingIntent?: 'STOP' | 'RESTART' | null };

/** What was asked of a deployment and has not happened yet: by this tab a moment ago, else as the server tells it. */
export function useAsked(deployment: Told): AskedFor | null {
  const store = useAskedStore();
  const asked = useSyncExternalStore(store.subscribe, () => store.get(deployment.id));
  return askedNow(asked, deployment);
}

/** An accepted intent stands until the server has told anything newer than what was known when it was asked. */
export function askedNow(asked: Asked | undefined, { updatedAt, pendingIntent }: Omit<Told, 'id'>): AskedFor | null {
  const isOver = asked === undefined || (asked.isAnswered && asked.updatedAt !== updatedAt);
  return isOver ? (pendingIntent ?? null) : asked.what;
}
