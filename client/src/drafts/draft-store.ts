import { createContext, use, useRef, useState } from 'react';
import type { z } from 'zod';
import type { TabStorage } from './tab-storage.ts';

/**
 * Keeps what users have typed and not sent. Values stay in memory when a dialog closes or another page opens; the part
 * of a value that may be stored, which is never a secret, survives a reload of the tab too.
 */
export type DraftStore = {
  read: <Value>(key: string, schema: z.ZodType<Value>) => Value | null;
  write: (key: string, value: unknown, stored: unknown) => void;
  remove: (key: string) => void;
};

export function createDraftStore(storage: TabStorage): DraftStore {
  const held = new Map<string, unknown>();
  return {
    read: (key, schema) => {
      const found = schema.safeParse(held.get(key) ?? storage.read(`draft:${key}`));
      return found.success ? found.data : null;
    },
    write: (key, value, stored) => {
      held.set(key, value);
      storage.write(`draft:${key}`, stored);
    },
    remove: (key) => {
      held.delete(key);
      storage.write(`draft:${key}`, undefined);
    },
  };
}

export const DraftStoreContext = createContext<DraftStore | null>(null);

export function useDraftStore(): DraftStore {
  const store = use(DraftStoreContext);
  if (!store) throw new Error('No DraftStoreContext above.');
  return store;
}

type DraftOptions<Value> = {
  /** Identifies the draft within the dashboard. */
  key: string;
  schema: z.ZodType<Value>;
  initial: () => Value;
  /** Returns the part that may be stored. Without it the whole value is: it must not hold secrets. */
  toStored?: (value: Value) => unknown;
};

/** Works like `useState`, and restores the value after its component was closed or the tab was reloaded. */
export function useDraft<Value>({ key, schema, initial, toStored }: DraftOptions<Value>) {
  const store = useDraftStore();
  const [value, setValue] = useState<Value>(() => store.read(key, schema) ?? initial());
  const latest = useRef(value);
  const change = (next: Value | ((before: Value) => Value)) => {
    latest.current = next instanceof Function ? next(latest.current) : next;
    setValue(latest.current);
    store.write(key, latest.current, toStored ? toStored(latest.current) : latest.current);
  };
  /** Forgets the draft, because it was sent or discarded. */
  const discard = () => {
    store.remove(key);
    latest.current = initial();
    setValue(latest.current);
  };
  return [value, change, discard] as const;
}
