import { createTabStorage } from '../../client/src/drafts/tab-storage.ts';
import { type CallStore, createCallStore } from '../../client/src/features/playground/call-store.ts';
import type { Callable } from '../../client/src/features/playground/held-session.ts';
import { openSession } from '../../client/src/features/playground/session.ts';
import { loadCalls, saveCalls } from '../../client/src/features/playground/stored-calls.ts';
import type { TestEndpoint } from '../eras/endpoint.ts';

export type OpenStore = { store: CallStore; target: Callable; sessions: () => number; reopen: () => OpenStore };

/** The playground without its page: its store, and its session at a real endpoint. */
export function openStore(
  { ann }: TestEndpoint,
  protocolVersion: string,
  values = new Map<string, string>(),
): OpenStore {
  const storage = createTabStorage(webStorage(values));
  const databaseId = ann.url.split('/').at(-1) ?? '';
  let opened = 0;
  const store = createCallStore({
    createToken: async () => {
      opened += 1;
      return { token: ann.token, expiresAt: new Date(Date.now() + 600_000).toISOString() };
    },
    connect: openSession,
    origin: new URL(ann.url).origin,
    now: () => performance.timeOrigin + performance.now(),
    restored: loadCalls(storage, databaseId),
    onFinished: (calls) => saveCalls(storage, databaseId, calls),
    settings: { roots: [], logLevel: 'debug' },
    onSettings: () => undefined,
  });
  const target = { id: databaseId, databaseId, releaseId: 'r1', protocolVersion };
  return {
    store,
    target,
    sessions: () => opened,
    reopen: () => openStore({ ann } as TestEndpoint, protocolVersion, values),
  };
}

/** Web storage as a browser has it. */
const webStorage = (values: Map<string, string>): Storage => ({
  get length() {
    return values.size;
  },
  key: (index) => [...values.keys()][index] ?? null,
  getItem: (key) => values.get(key) ?? null,
  setItem: (key, value) => void values.set(key, value),
  removeItem: (key) => void values.delete(key),
  clear: () => values.clear(),
});
