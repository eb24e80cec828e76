import type { Events } from '#server/domain/events.ts';
import type { ObserveMachinesCall } from '../machines/fly.ts';
import { createParts, type Parts } from './parts.ts';

export type OpenParts = { parts: Parts; tellOfMachines: ObserveMachinesCall; close(): Promise<void> };

/** The parts of this instance, with what the event bus shows already joined to them. */
export function openParts(events: Pick<Events, 'onConnection'>, clock: () => Date): OpenParts {
  const parts = createParts(clock);
  parts.tell('events', 'up'); // the bus listens from the start; later changes arrive as events
  const stop = events.onConnection((state) => parts.tell('events', state));
  return { parts, tellOfMachines: tellOfMachines(parts), close: async () => stop() };
}

/**
 * Reports the Machines API by the outcome of calls. A refusal is an answer; a call that was held back or given up shows
 * nothing, and neither does an account that a user gave, or a wait that came to its end.
 */
export const tellOfMachines =
  (parts: Parts): ObserveMachinesCall =>
  ({ action, outcome, own }) => {
    if (own) return;
    switch (outcome) {
      case 'aborted':
      case 'held-back':
      case 'rate-limited':
        return;
      case 'timeout':
        if (action !== 'wait') parts.tell('machines', 'down', outcome);
        return;
      case 'unavailable':
      case 'unauthorized':
      case 'bad-answer':
        parts.tell('machines', 'down', outcome);
        return;
      default:
        parts.tell('machines', 'up');
    }
  };
