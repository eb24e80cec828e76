import { useSyncExternalStore } from 'react';

type Clock = { subscribe: (listener: () => void) => () => void; now: () => number };

/** Ticks while it has listeners. Its time changes only with a tick: components that read it agree with each other. */
export function createClock(everyMs: number): Clock {
  const listeners = new Set<() => void>();
  let time = Date.now();
  let timer: ReturnType<typeof setInterval> | null = null;
  const tick = () => {
    time = Date.now();
    for (const call of [...listeners]) call();
  };
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      if (timer === null) {
        time = Date.now(); // it did not tick without listeners
        timer = setInterval(tick, everyMs);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
    now: () => time,
  };
}

/** One clock for each rate: two hundred relative times on a page share one timer. */
const clocks = new Map<number, Clock>();

const clockOf = (everyMs: number): Clock => {
  const known = clocks.get(everyMs);
  if (known) return known;
  const created = createClock(everyMs);
  clocks.set(everyMs, created);
  return created;
};

const stopped: Clock = { subscribe: () => () => {}, now: () => 0 };

/** Returns the current time, refreshed at the given rate; 0 while not `running`. */
export function useNow(everyMs: number, running = true): number {
  const clock = running ? clockOf(everyMs) : stopped;
  return useSyncExternalStore(clock.subscribe, clock.now);
}
