import type { HostFailure } from '../contract.ts';
import { HostFailureError } from '../failure.ts';

const CRASH_WINDOW_MS = 10 * 60_000;
const CRASHES_MAX = 5;
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 30_000;
const START_FAILURE_PAUSE_MS = 1_000;

/** Starts that failed count together, whichever session they were for. */
const START = 'start';

export type FailureHistory = {
  /**
   * Notes that a child ended unasked. `group`: the children that crash for the same reason; ignored for one that never
   * served. Returns the failure to tell: CRASH_LOOP when it is one too many.
   */
  ended(group: string, served: boolean, failure: HostFailure): HostFailure;
  /** Notes that a child did not answer its handshake. */
  silent(failure: HostFailure): void;
  /** A child has answered its handshake: all is well again, but for the groups that crash again and again. */
  recovered(): void;
  /** Throws while the group crashes again and again: nothing serves it, not even a child that is there already. */
  refuseLoop(group: string): void;
  /** The same, and while it is too soon for another start. */
  refuseStart(group: string, anyServes: boolean): void;
  /** How long to wait before the next start. */
  readonly backoffMs: number;
  /** Unrequested ends of children that had served. */
  readonly restarts: number;
  /** Why the last crash loop is one, for as long as there is any. */
  readonly loop: HostFailure | null;
  /** The loop, else the newest failure; null when the newest start was a good one. */
  readonly last: HostFailure | null;
};

/** How often children failed lately, and what follows for the next one. */
export const createFailureHistory = (clock: () => number): FailureHistory => {
  const crashes = new Map<string, number[]>();
  const loops = new Map<string, HostFailure>();
  let restarts = 0;
  let last: HostFailure | null = null;
  let inARow = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let failedAtStart = false;

  const recentCrashes = (group: string): number => {
    const recent = (crashes.get(group) ?? []).filter((at) => at > clock() - CRASH_WINDOW_MS);
    if (recent.length === 0) crashes.delete(group);
    else crashes.set(group, recent);
    if (recent.length < CRASHES_MAX) loops.delete(group);
    return recent.length;
  };

  /** Null again when enough of its crashes are long past. */
  const loopOf = (group: string): HostFailure | null => {
    recentCrashes(group);
    return loops.get(group) ?? null;
  };

  const newestLoop = (): HostFailure | null => {
    for (const group of [...loops.keys()]) recentCrashes(group);
    return [...loops.values()].at(-1) ?? null;
  };

  const refuseLoop = (group: string): void => {
    const loop = loopOf(group) ?? loopOf(START);
    if (loop !== null) throw new HostFailureError(loop);
  };

  const note = (failure: HostFailure, atStart: boolean) => {
    last = failure;
    inARow += 1;
    failedAt = clock();
    failedAtStart = atStart;
  };

  const backoffMs = () => (inARow <= 1 ? 0 : Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (inARow - 2)));

  return {
    ended(group, served, failure) {
      const key = served ? group : START;
      crashes.set(key, [...(crashes.get(key) ?? []), clock()]);
      const times = recentCrashes(key);
      // Starting again changes nothing for a missing credential: its own code opens the form.
      const told: HostFailure =
        times < CRASHES_MAX || failure.code === 'MISSING_CREDENTIAL'
          ? failure
          : {
              ...failure,
              code: 'CRASH_LOOP',
              message: `The server ended ${times} times within 10 minutes. ${failure.message}`,
              hint: 'Look at its log, then restart it or change its credentials or arguments.',
            };
      if (times >= CRASHES_MAX) {
        loops.delete(key); // the newest is the last
        loops.set(key, told);
      }
      note(told, !served);
      if (served) restarts += 1;
      return told;
    },
    silent: (failure) => note(failure, true),
    recovered() {
      last = null;
      inARow = 0;
    },
    refuseLoop,
    refuseStart(group, anyServes) {
      refuseLoop(group);
      if (last === null) return;
      // A server that cannot start is not started again for every impatient caller.
      const pauseMs = Math.max(backoffMs(), failedAtStart ? START_FAILURE_PAUSE_MS : 0);
      if (clock() - failedAt < pauseMs && !anyServes) throw new HostFailureError(last);
    },
    get backoffMs() {
      return backoffMs();
    },
    get restarts() {
      return restarts;
    },
    get loop() {
      return newestLoop();
    },
    get last() {
      return newestLoop() ?? last;
    },
  };
};
