import { type PendingCall, ROUND_MS } from './pending-call.ts';

const CALLS_MAX = 1_000;
const CHARACTERS_MAX = 16 * 1024 * 1024;

export type ParkedCalls = {
  /** A call waits for its client to come back. Bounds what its principal holds: the oldest calls give way. */
  park(call: PendingCall): void;
  /** Bounds what a principal holds after one of its parked calls has come to hold more. */
  bound(principal: string): void;
  forget(call: PendingCall): void;
  /** The call that the state of its current round names. */
  find(key: string, round: string, principal: string): PendingCall | null;
  /** Ends the calls whose clients did not come back. */
  endForgotten(now: number): void;
  readonly size: number;
};

/** The calls whose clients were sent away with questions, in the order in which that happened. */
export const createParkedCalls = (): ParkedCalls => {
  const calls = new Map<string, PendingCall>();

  const bound = (principal: string) => {
    const own = [...calls.values()].filter((call) => call.principal === principal);
    let characters = own.reduce((sum, call) => sum + call.characters, 0);
    for (const [index, call] of own.entries()) {
      if (own.length - index <= CALLS_MAX && characters <= CHARACTERS_MAX) return;
      characters -= call.characters;
      call.cancel('Too many calls wait for input.');
    }
  };

  return {
    park(call) {
      calls.delete(call.key);
      calls.set(call.key, call);
      bound(call.principal);
    },
    bound,
    forget: (call) => void calls.delete(call.key),
    find(key, round, principal) {
      const call = calls.get(key);
      return call?.parkedAt != null && call.round === round && call.principal === principal ? call : null;
    },
    endForgotten(now) {
      for (const call of calls.values()) {
        if (call.parkedAt !== null && now - call.parkedAt < ROUND_MS) return;
        if (call.parkedAt !== null) call.cancel('The client did not come back with the input.');
      }
    },
    get size() {
      return calls.size;
    },
  };
};
