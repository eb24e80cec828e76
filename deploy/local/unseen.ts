import type { Clock } from '../clock.ts';

/**
 * What was just created and is not known everywhere yet: Fly's reads may lag behind its writes (flyctl#3105, flyctl#4618).
 * Every second look misses it, as if the looks went to two places of which one knows.
 */
export const createUnseen = (clock: Clock) => {
  const hidden = new Map<string, { from: number; until: number; looks: number }>();

  return {
    hide: (name: string, ms: number): void => {
      hidden.set(name, { from: clock.now(), until: clock.now() + ms, looks: 0 });
    },
    /** True if this look misses the app or machine. */
    misses: (name: string): boolean => {
      const entry = hidden.get(name);
      if (entry === undefined) return false;
      // A clock that is set ends it: Fly's own clock is not set with that of a caller.
      if (clock.now() >= entry.until || clock.now() < entry.from) {
        hidden.delete(name);
        return false;
      }
      entry.looks += 1;
      return entry.looks % 2 === 1;
    },
  };
};
