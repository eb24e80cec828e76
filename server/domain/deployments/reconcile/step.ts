import type { Database } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { Events } from '#server/domain/events.ts';
import type { TransitionGuard, TransitionTo } from '../rows/transition.ts';
import type { Fleet } from './fleet.ts';
import type { Until } from './hold.ts';
import type { McpProbe } from './mcp-probe.ts';
import type { ObserveDeps } from './observe.ts';
import type { DeploymentView } from './view.ts';

export type ActDeps = ObserveDeps & {
  database: Pick<Database, 'prisma' | 'transaction'>;
  events: Events;
  probe: McpProbe;
  healthIntervalMs: number;
  /** 0 ≤ x < 1; spreads the checks. */
  random: () => number;
  /** Copies the log lines and the calls of the machine's host into the database. */
  saveLogs(machine: Machine, signal: AbortSignal): Promise<void>;
  /** Gives back what a deployment holds elsewhere, before its row goes. Best effort, bounded in time, and repeatable. */
  letGo?(deploymentId: string): Promise<void>;
};

/**
 * When to observe again: at once, after a time, after a growing back-off, or not before a new intent. `superseded`: a
 * newer intent or another worker has the row.
 */
export type Next =
  | { kind: 'again' }
  | { kind: 'wait'; checkAfterMs: number; until?: Until }
  | { kind: 'retry'; reason: string }
  | { kind: 'rest' }
  | { kind: 'superseded' };

export const AGAIN: Next = { kind: 'again' };
export const SUPERSEDED: Next = { kind: 'superseded' };
export const retryLater = (reason: string): Next => ({ kind: 'retry', reason });

/** The context of one decision for a row that this worker holds. */
export type Step = {
  deps: ActDeps;
  view: DeploymentView;
  fleet: Fleet;
  guard: TransitionGuard;
  signal: AbortSignal;
  /** Writes a transition of the deployment; false when a newer intent or another worker has the row. */
  write(to: TransitionTo): Promise<boolean>;
};

/** Saves logs if possible: a log that cannot be read now must not delay the deployment. */
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
