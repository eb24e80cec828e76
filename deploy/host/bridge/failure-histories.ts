import { createFailureHistory, type FailureHistory } from './failure-history.ts';

/** Callers whose failures are remembered; the one that failed longest ago is forgotten first. */
const HISTORIES_MAX = 1_000;

export type FailureHistories = {
  of(principal: string): FailureHistory;
  forget(principal: string): void;
  /** Of all callers. */
  readonly restarts: number;
};

/**
 * Failures count together, since children that are alike fail alike. Where callers have values of their own, each has its
 * own count: a wrong key of one must neither stop the others nor be explained to them.
 */
export const createFailureHistories = (clock: () => number, isPersonal: boolean): FailureHistories => {
  const histories = new Map<string, FailureHistory>();
  let forgotten = 0;
  const forget = (key: string) => {
    forgotten += histories.get(key)?.restarts ?? 0;
    histories.delete(key);
  };
  return {
    of(principal) {
      const key = isPersonal ? principal : '';
      const known = histories.get(key);
      if (known) return known;
      if (histories.size >= HISTORIES_MAX) for (const oldest of [...histories.keys()].slice(1, 2)) forget(oldest);
      const fresh = createFailureHistory(clock);
      histories.set(key, fresh);
      return fresh;
    },
    forget(principal) {
      if (isPersonal) forget(principal);
    },
    get restarts() {
      let sum = forgotten;
      for (const { restarts } of histories.values()) sum += restarts;
      return sum;
    },
  };
};
