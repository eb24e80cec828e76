import type { Events } from '#server/domain/events.ts';
import type { ObserveMachinesCall } from '../machines/fly.ts';
import { createParts, type Parts } from './parts.ts';

export type OpenParts = { parts: Parts; reportMachinesCall: ObserveMachinesCall; close(): Promise<void> };

/** The parts of this instance, with what the event bus shows already joined to them. */
export function openParts(events: Pick<Events, 'onConnection'>, clock: () => Date): OpenParts {
  const parts = createParts(clock);
  parts.report('events', 'up'); // the bus listens from the start; later changes arrive as events
  const stop = events.onConnection((state) => parts.report('events', state));
  return { parts, reportMachinesCall: reportMachinesCall(parts), close: async () => stop() };
}

/**
 * Reports the Machines API by the outcome of calls. A refusal is an answer; a call that was held back or given up shows
 * nothing, and neither does an account that a user gave, or a wait that came to its end.
 */
export const reportMachinesCall =
  (parts: Parts): ObserveMachinesCall =>
  ({ action, outcome, own }) => {
    if (own) return;
    switch (outcome) {
      case 'aborted':
      case 'held-back':
      case 'rate-limited':
        return;
      case 'timeout':
        if (action !== 'wait') parts.report('machines', 'down', outcome);
        return;
      case 'unavailable':
      case 'unauthorized':
      case 'bad-answer':
        parts.report('machines', 'down', outcome);
        return;
      default:
        parts.report('machines', 'up');
    }
  };
