import type { LongLine } from '../child/line-splitter.ts';
import { type Envelope, errorMessage, idOfCutAnswer, RPC, scan } from './json-rpc.ts';

/** Reads lines of a child that are too long to be kept: what they answer gets an error in the place of its answer. */
export function createLongLines(isPending: (id: string) => boolean) {
  /** Ids of answers that were cut while their line went on. */
  const cut = new Set<string>();
  /** The error for a call, or a note where the line, at its end, answered none; null where nothing is to be said. */
  return ({ head, tail, bytes }: LongLine): { answer: Envelope } | { noise: string } | null => {
    const id = idOfCutAnswer(head, tail);
    if (id === null || !isPending(id)) {
      // Reported once, at its end; a call that was answered at its beginning is not pending any more.
      const isNoise = tail !== null && !cut.delete(id ?? '');
      return isNoise ? { noise: `A line of ${bytes} bytes was dropped.` } : null;
    }
    if (tail === null) cut.add(id);
    const answer = scan(errorMessage(id, RPC.SERVER, `The server's answer is too large: more than ${bytes} bytes.`));
    return answer === null ? null : { answer };
  };
}
