import { useSyncExternalStore } from 'react';

/** One shared timer per rate: two hundred relative times on a page cost one interval. */
const clocks = new Map<
  number,
  { now: number; listeners: Set<() => void>; timer: ReturnType<typeof setInterval> | null }
>();

const clockOf = (everyMs: number) => {
  const known = clocks.get(everyMs);
  if (known) return known;
  const made = { now: Date.now(), listeners: new Set<() => void>(), timer: null };
  clocks.set(everyMs, made);
  return made;
};

/** The current time, refreshed at the given rate while `running`. */
export function useNow(everyMs: number, running = true): number {
  const clock = clockOf(everyMs);
  return useSyncExternalStore(
    (listener) => {
      if (!running) return () => {};
      clock.listeners.add(listener);
      clock.now = Date.now();
      clock.timer ??= setInterval(() => {
        clock.now = Date.now();
        for (const call of clock.listeners) call();
      }, everyMs);
      return () => {
        clock.listeners.delete(listener);
        if (clock.listeners.size === 0 && clock.timer !== null) {
          clearInterval(clock.timer);
          clock.timer = null;
        }
      };
    },
    () => clock.now,
  );
}
