import { MachinesError } from '#deploy/fly/errors.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { systemTimers, type Timers } from '../../timers.ts';
import { LEASE_MS, releaseLease, renewLease } from '../rows/lease.ts';
import { isComingUp } from '../status.ts';
import { act } from './act.ts';
import { decide } from './decide.ts';
import { isOverdue } from './decision.ts';
import { failureOf, fromMachinesError } from './failures.ts';
import type { FindFleet } from './fleet.ts';
import { hold } from './hold.ts';
import { observe } from './observe.ts';
import { failRelease } from './roll-out.ts';
import { reportStuck } from './setbacks.ts';
import { type ActDeps, type Next, retryLater } from './step.ts';
import { NO_STALLS } from './view.ts';

export type ReconcileDeps = ActDeps & {
  findFleet: FindFleet;
  /** Resolves after the time, at a new intent for this deployment, or when the signal aborts. */
  pause(deploymentId: string, ms: number, signal: AbortSignal): Promise<void>;
  /** Failures in a row of each deployment, for its back-off. In memory only: losing it is harmless. */
  failuresInARow: Map<string, number>;
  timers?: Timers;
};

/** A worker keeps a row when the next thing to do is due within this time; otherwise it gives the row back. */
const HOLD_MS_MAX = 2_000;
const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 30_000;
/** After so many failures in a row, some 15 s, an event gives the owner the reason. */
const STUCK_AFTER_FAILURES = 5;
/** After so many unexpected errors in a row a release on its way fails. */
const ERRORS_MAX = 8;

/**
 * Works on one claimed deployment until it is in its desired state or must wait: observe, decide, act, write, again.
 * Renews the lease and always gives it back at the end. Rejects with unexpected errors.
 */
export async function reconcile(
  deps: ReconcileDeps,
  id: string,
  leaseOwner: string,
  stopping: AbortSignal,
): Promise<void> {
  const lost = new AbortController();
  const signal = AbortSignal.any([stopping, lost.signal]);
  const stopRenewal = keepLease(deps, id, leaseOwner, lost);
  let generation = -1;
  let nextCheckAt: Date | null = deps.now();
  const checkAfter = (milliseconds: number) => new Date(deps.now().getTime() + milliseconds);
  try {
    while (!signal.aborted) {
      nextCheckAt = deps.now();
      const deployment = await deps.prisma.deployment.findUnique({ where: { id } });
      if (!deployment || deployment.leaseOwner !== leaseOwner) return;
      generation = deployment.generation;
      const next = await stepSafely(deps, deployment, leaseOwner, signal);
      if (next.kind !== 'retry') deps.failuresInARow.delete(id);
      if (next.kind === 'rest') {
        nextCheckAt = null;
        return;
      }
      if (next.kind === 'again' || next.kind === 'superseded') continue;
      const milliseconds = next.kind === 'wait' ? next.checkAfterMs : retryDelayMs(deps, id);
      if (next.kind === 'retry' && deps.failuresInARow.get(id) === STUCK_AFTER_FAILURES) {
        await reportStuck(deps, deployment, leaseOwner, next.reason);
      }
      nextCheckAt = checkAfter(milliseconds);
      if (milliseconds > HOLD_MS_MAX) return;
      const until = next.kind === 'wait' ? next.until : undefined;
      await hold((ms, limit) => deps.pause(id, ms, limit), { checkAfterMs: milliseconds, until }, signal);
    }
  } catch (error) {
    if (signal.aborted) return; // the abort caused the error
    nextCheckAt = checkAfter(retryDelayMs(deps, id));
    throw error;
  } finally {
    stopRenewal();
    await releaseLease(deps.prisma, id, leaseOwner, generation, nextCheckAt);
  }
}

/** Renews until stopped. A lease that cannot be renewed in time counts as lost before another worker can take it. */
function keepLease(deps: ReconcileDeps, id: string, leaseOwner: string, lost: AbortController): () => void {
  let heldUntil = deps.now().getTime() + LEASE_MS;
  return (deps.timers ?? systemTimers).every(LEASE_MS / 3, () => {
    const now = deps.now();
    if (now.getTime() >= heldUntil) lost.abort();
    renewLease(deps.prisma, id, leaseOwner, now).then(
      (held) => {
        if (held) heldUntil = now.getTime() + LEASE_MS;
        else lost.abort();
      },
      () => {}, // the database is not reachable: the lease expires, and guarded writes fail
    );
  });
}

function retryDelayMs({ failuresInARow }: ReconcileDeps, id: string): number {
  const count = failuresInARow.get(id) ?? 0;
  failuresInARow.set(id, count + 1);
  return Math.min(RETRY_MS_FIRST * 2 ** count, RETRY_MS_MAX);
}

/** One step. A lasting unexpected error fails a release on its way instead of being retried without an end. */
async function stepSafely(
  deps: ReconcileDeps,
  deployment: Deployment,
  leaseOwner: string,
  signal: AbortSignal,
): Promise<Next> {
  try {
    return await step(deps, deployment, leaseOwner, signal);
  } catch (error) {
    signal.throwIfAborted();
    const count = deps.failuresInARow.get(deployment.id) ?? 0;
    const failure =
      error instanceof MachinesError
        ? fromMachinesError(error, count, deps.now())
        : count >= ERRORS_MAX || isOverdue(deployment, null, deps.now())
          ? failureOf('INTERNAL', null, null, deps.now())
          : null;
    if (!isComingUp(deployment) || failure === null) {
      if (error instanceof MachinesError) return retryLater(error.message);
      throw error;
    }
    const { targetReleaseId } = deployment;
    const target = targetReleaseId && (await deps.prisma.release.findUnique({ where: { id: targetReleaseId } }));
    const guard = { generation: deployment.generation, leaseOwner };
    await failRelease(deps, { deployment, target: target || null, machines: [], stalls: NO_STALLS }, failure, guard);
    if (!(error instanceof MachinesError)) throw error;
    return { kind: 'again' };
  }
}

async function step(
  deps: ReconcileDeps,
  deployment: Deployment,
  leaseOwner: string,
  signal: AbortSignal,
): Promise<Next> {
  const fleet = await deps.findFleet(deployment.ownerId);
  const view = await observe(deps, deployment, fleet, signal);
  const decision = decide(view, deps.now(), { healthIntervalMs: deps.healthIntervalMs });
  return act(deps, view, decision, fleet, { generation: deployment.generation, leaseOwner }, signal);
}
