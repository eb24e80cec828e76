import type { CallPage } from '../call-contract.ts';
import { createCallRing } from './call-ring.ts';
import { type CallWatch, createCallWatch } from './call-watch.ts';

export type CallLog = { watch: CallWatch; read(cursor: string | null): CallPage };

/** The calls of clients, kept until the platform takes them. `clock`: milliseconds, for durations. */
export const createCallLog = (deps: { bootId: string; clock: () => number; now: () => Date }): CallLog => {
  const ring = createCallRing({ bootId: deps.bootId });
  return { watch: createCallWatch({ ...deps, ring }), read: ring.read };
};
