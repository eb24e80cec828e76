import { createBodyReader } from './call-bodies.ts';
import { createCallRing } from './call-ring.ts';
import { type CallWatch, createCallWatch } from './call-watch.ts';

export type CallLog = { watch: CallWatch; read(cursor: string | null): Buffer };

/** The calls of clients, kept until the platform takes them. `clock`: milliseconds, for durations; `nowMs`: the time. */
export const createCallLog = (deps: {
  bootId: string;
  redact: (text: string) => string;
  clock: () => number;
  nowMs: () => number;
}): CallLog => {
  const ring = createCallRing({ bootId: deps.bootId });
  return { watch: createCallWatch({ ...deps, ring, bodies: createBodyReader(deps.redact) }), read: ring.read };
};
