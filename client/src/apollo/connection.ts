import { useSyncExternalStore } from 'react';

/** The state of the tab's one socket. `since` is when it entered this state, in milliseconds since the epoch. */
export type Connection = { state: 'idle' | 'live' | 'reconnecting' | 'offline'; since: number };

export type ConnectionStore = {
  get(): Connection;
  set(state: Connection['state']): void;
  subscribe(listener: () => void): () => void;
};

export function createConnectionStore(now: () => number = Date.now): ConnectionStore {
  let current: Connection = { state: 'idle', since: now() };
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set: (state) => {
      if (state === current.state) return;
      current = { state, since: now() };
      for (const call of [...listeners]) call();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useConnection = (store: ConnectionStore): Connection => useSyncExternalStore(store.subscribe, store.get);
