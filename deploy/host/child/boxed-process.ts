import { constants } from 'node:os';
import { descendantsOf } from './end-processes.ts';

const SIGNALS = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]), // Node's own table
);

/** A program that a signal ended makes its box end with 128 and the number of the signal, as in a shell. */
export const exitOfBoxed = (
  code: number | null,
  signal: NodeJS.Signals | null,
): { code: number | null; signal: NodeJS.Signals | null } => {
  const ended = code === null || code <= 128 ? undefined : SIGNALS.get(code - 128);
  return ended === undefined ? { code, signal } : { code: null, signal: ended };
};

/**
 * Sends a signal to the programs in a box and spares the process around them, which would take them with it at once.
 * The first process in the box has no handler, and ignores what comes from outside.
 */
export const signalInside = (box: number, signal: NodeJS.Signals): void => {
  for (const { pid } of descendantsOf(box)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
};
