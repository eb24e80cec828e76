import { findMember, scan, slice } from '../bridge/json-rpc.ts';
import { rawFromWire } from '../bridge/wire-values.ts';
import type { CallOutcome } from '../call-contract.ts';
import { isRecord } from '../records.ts';

/** JSON-RPC's code for a request that timed out, as the official SDKs use it (there is none in the specification). */
const REQUEST_TIMEOUT = -32001;
const SAYS_TIMED_OUT = /timed? ?-?out/i;

export type Ending = { outcome: CallOutcome; errorCode: number | null };

/** Most answers hold none of these, and need no closer look. */
const isPlain = (text: string): boolean =>
  !text.includes('"error"') && !text.includes('"isError"') && !text.includes('"input_required"');

/** How a call ended that was answered with `message`, a JSON-RPC answer as the client receives it. */
export const endingOf = (message: string): Ending => {
  if (isPlain(message)) return { outcome: 'OK', errorCode: null };
  const answer = scan(message);
  if (answer === null) return { outcome: 'PROTOCOL_ERROR', errorCode: null };
  if (answer.error !== null) {
    const error = rawFromWire(slice(message, answer.error));
    const { code, message: text } = isRecord(error) ? error : {};
    const errorCode = typeof code === 'number' && Number.isSafeInteger(code) ? code : null;
    const isTimeout = errorCode === REQUEST_TIMEOUT && SAYS_TIMED_OUT.test(String(text));
    return { outcome: isTimeout ? 'TIMED_OUT' : 'PROTOCOL_ERROR', errorCode };
  }
  const member = (name: string): string | null => {
    const at = findMember(message, answer.result, name);
    return at === null ? null : slice(message, at);
  };
  if (member('isError') === 'true') return { outcome: 'TOOL_ERROR', errorCode: null };
  return { outcome: member('resultType') === '"input_required"' ? 'INPUT_REQUIRED' : 'OK', errorCode: null };
};

/**
 * How a call ended that its client cancelled. Clients of the official SDKs cancel what takes too long, and give that as
 * their reason.
 */
export const endingOfCancellation = (reason: string): Ending => ({
  outcome: SAYS_TIMED_OUT.test(reason) ? 'TIMED_OUT' : 'CANCELLED',
  errorCode: null,
});
