import { createCallRing } from './call-ring.ts';
import { type CallWatch, createCallWatch } from './call-watch.ts';

export type CallLog = { watch: CallWatch; read(cursor: string | null): Buffer };

/** The calls of clients, kept until the platform takes them. `clock`: milliseconds, for durations; `nowMs`: the time. */
export const createCallLog = (deps: { bootId: string; clock: () => number; nowMs: () => number }): CallLog => {
  const ring = createCallRing({ bootId: deps.bootId });
  return { watch: createCallWatch({ ...deps, ring }), read: ring.read };
};
