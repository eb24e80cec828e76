import { MachinesError } from '#deploy/fly/errors.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { LEASE_MS, releaseLease, renewLease } from '../rows/lease.ts';
import { act } from './act.ts';
import { decide } from './decide.ts';
import { isOverdue } from './decision.ts';
import { failureOf, fromMachinesError } from './failures.ts';
import { observe } from './observe.ts';
import { failRelease } from './roll-out.ts';
import { tellHeldUp } from './setbacks.ts';
import { type ActDeps, type Next, trouble } from './step.ts';
import { systemTimers, type Timers } from './timers.ts';
import type { FindWorkplace } from './workplace.ts';

export type ReconcileDeps = ActDeps & {
  findWorkplace: FindWorkplace;
  /** Resolves after the time, at a new intent for this deployment, or when the signal aborts. */
  pause(deploymentId: string, ms: number, signal: AbortSignal): Promise<void>;
  /** How often in a row each deployment could not be worked on. In memory only: it spares the others, nothing else. */
  troubles: Map<string, number>;
  timers?: Timers;
};

/** A worker keeps a row as long as there is something to do within this time; else it lets go until then. */
const HOLD_MS_MAX = 2_000;
const TROUBLE_MS_FIRST = 500;
const TROUBLE_MS_MAX = 30_000;
/** Failures in a row after which its owner is told why nothing happens: after some 15 s. */
const HELD_UP_AFTER = 5;
/** Unexpected errors in a row after which a deployment that does not serve is given up. */
const ERRORS_MAX = 8;

/**
 * Works on one claimed deployment until it is where it is wanted or must wait: observe, decide, act, write, again.
 * The lease is renewed meanwhile and given back at the end, whatever happens. Rejects with what nobody expected.
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
      if (next.kind !== 'trouble') deps.troubles.delete(id);
      if (next.kind === 'rest') {
        nextCheckAt = null;
        return;
      }
      if (next.kind === 'again' || next.kind === 'lost') continue;
      const milliseconds = next.kind === 'wait' ? next.checkAfterMs : troubleMs(deps, id);
      if (next.kind === 'trouble' && deps.troubles.get(id) === HELD_UP_AFTER) {
        await tellHeldUp(deps, deployment, leaseOwner, next.reason);
      }
      nextCheckAt = checkAfter(milliseconds);
      if (milliseconds > HOLD_MS_MAX) return;
      await deps.pause(id, milliseconds, signal);
    }
  } catch (error) {
    if (signal.aborted) return; // whatever was under way was cut off by it
    nextCheckAt = checkAfter(troubleMs(deps, id));
    throw error;
  } finally {
    stopRenewal();
    await releaseLease(deps.prisma, id, leaseOwner, generation, nextCheckAt);
  }
}

/** Renews until it is stopped; a lease that could not be renewed in time is treated as lost before others take it. */
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
      () => {}, // the database is away: the lease runs out by itself, and guarded writes fail
    );
  });
}

function troubleMs({ troubles }: ReconcileDeps, id: string): number {
  const count = troubles.get(id) ?? 0;
  troubles.set(id, count + 1);
  return Math.min(TROUBLE_MS_FIRST * 2 ** count, TROUBLE_MS_MAX);
}

/** One step; an unexpected error that stays is told to the owner instead of being tried for ever. */
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
    const count = deps.troubles.get(deployment.id) ?? 0;
    const isUnderWay = deployment.desired === 'RUNNING' && deployment.phase !== null;
    const failure =
      error instanceof MachinesError
        ? fromMachinesError(error, count, deps.now())
        : count >= ERRORS_MAX || isOverdue(deployment, deps.now())
          ? failureOf('INTERNAL', null, null, deps.now())
          : null;
    if (!isUnderWay || failure === null) {
      if (error instanceof MachinesError) return trouble(error.message);
      throw error;
    }
    const { targetReleaseId } = deployment;
    const target = targetReleaseId && (await deps.prisma.release.findUnique({ where: { id: targetReleaseId } }));
    const guard = { generation: deployment.generation, leaseOwner };
    await failRelease(deps, { deployment, target: target || null, machines: [] }, failure, guard);
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
  const place = await deps.findWorkplace(deployment.ownerId);
  const view = await observe(deps, deployment, place, signal);
  const decision = decide(view, deps.now(), { healthIntervalMs: deps.healthIntervalMs });
  return act(deps, view, decision, place, { generation: deployment.generation, leaseOwner }, signal);
}
