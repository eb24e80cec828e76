import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

const PREFIX_BYTES = 6;
/** W3C Trace Context: version, trace id, parent id, flags. Neither id may be all zeros. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/;

/**
 * Names requests: by the caller's `traceparent` (trace id and parent id) where there is a well-formed one, so that who
 * traces finds our lines, else by a fresh id. Random bytes are drawn once for a process, so that a fresh id costs a count.
 */
export function createRequestIds(): (traceparent: string | null) => string {
  const prefix = randomBytes(PREFIX_BYTES).toString('hex');
  let count = 0;
  return (traceparent) => {
    const traced = traceparent === null ? null : TRACEPARENT.exec(traceparent);
    if (traced) return `${traced[1]}-${traced[2]}`;
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

const current = new AsyncLocalStorage<string>();

/** Whatever is logged while `run` is at work, or follows from it, carries the id. Not for the endpoint: it costs. */
export const withRequestId = <T>(id: string, run: () => T): T => current.run(id, run);

/** The id of the API's request that is being worked on; undefined outside of one. */
export const currentRequestId = (): string | undefined => current.getStore();
