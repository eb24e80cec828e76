import type { Database } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { Events } from '#server/domain/events.ts';
import type { TransitionGuard, TransitionTo } from '../rows/transition.ts';
import type { Handshake } from './handshake.ts';
import type { ObserveDeps } from './observe.ts';
import type { DeploymentView } from './view.ts';
import type { Workplace } from './workplace.ts';

export type ActDeps = ObserveDeps & {
  database: Pick<Database, 'prisma' | 'transaction'>;
  events: Events;
  handshake: Handshake;
  healthIntervalMs: number;
  /** 0 ≤ x < 1, spreads the checks. */
  random: () => number;
  /** Takes what the machine's host has logged so far into the database. */
  saveLogs(machine: Machine, signal: AbortSignal): Promise<void>;
};

/**
 * When to look again: at once, after a while, when what is in trouble may have recovered, or not before a new intent.
 * `lost`: somebody else has the row now.
 */
export type Next =
  | { kind: 'again' }
  | { kind: 'wait'; checkAfterMs: number }
  | { kind: 'trouble'; reason: string }
  | { kind: 'rest' }
  | { kind: 'lost' };

export const AGAIN: Next = { kind: 'again' };
export const LOST: Next = { kind: 'lost' };
export const trouble = (reason: string): Next => ({ kind: 'trouble', reason });

/** One decision being carried out for a row that this worker holds. */
export type Step = {
  deps: ActDeps;
  view: DeploymentView;
  place: Workplace;
  guard: TransitionGuard;
  signal: AbortSignal;
  /** A transition of the deployment; false when somebody else has the row now. */
  write(to: TransitionTo): Promise<boolean>;
};

/** Logs are a service to the owner: that they cannot be fetched now must not hold up the deployment. */
export async function saveLogsQuietly(
  deps: Pick<ActDeps, 'saveLogs'>,
  machine: Machine,
  signal: AbortSignal,
): Promise<void> {
  try {
    await deps.saveLogs(machine, signal);
  } catch {
    signal.throwIfAborted();
  }
}
