const PREFIX = 'catwalk:';

/**
 * Web storage: the tab's session storage, which ends with the tab, or the browser's local storage. A full or blocked
 * storage loses values, and nothing else.
 */
export type TabStorage = {
  /** Returns the parsed JSON, or null. */
  read: (key: string) => unknown;
  /** Undefined removes the value. */
  write: (key: string, value: unknown) => void;
  /** Removes every value of the dashboard. */
  clear: () => void;
};

export const createTabStorage = (storage: Storage | null): TabStorage => ({
  read: (key) => {
    try {
      return JSON.parse(storage?.getItem(PREFIX + key) ?? 'null');
    } catch {
      return null; // blocked, or not written by this version
    }
  },
  write: (key, value) => {
    try {
      if (value === undefined) storage?.removeItem(PREFIX + key);
      else storage?.setItem(PREFIX + key, JSON.stringify(value));
    } catch {
      storage?.removeItem(PREFIX + key); // full: an older value would be wrong
    }
  },
  clear: () => {
    const keys = Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? '');
    for (const key of keys.filter((one) => one.startsWith(PREFIX))) storage?.removeItem(key);
  },
});
