import { type ActDeps, act, type Next } from './act.ts';
import { decide } from './decide.ts';
import { LEASE_MS, releaseLease, renewLease } from './lease.ts';
import { observe } from './observe.ts';
import type { FindWorkplace } from './workplace.ts';

export type ReconcileDeps = ActDeps & {
  findWorkplace: FindWorkplace;
  /** Resolves after the time, at a new intent for this deployment, or when the signal aborts. */
  pause(deploymentId: string, ms: number, signal: AbortSignal): Promise<void>;
};

/** A worker keeps a row as long as there is something to do within this time; else it lets go until then. */
const HOLD_MS_MAX = 2_000;
const RETRY_MS = 5_000;

/**
 * Works on one claimed deployment until it is where it is wanted or must wait: observe, decide, act, write, again.
 * The lease is renewed meanwhile and given back at the end, whatever happens.
 */
export async function reconcile(
  deps: ReconcileDeps,
  id: string,
  leaseOwner: string,
  stopping: AbortSignal,
): Promise<void> {
  const lost = new AbortController();
  const signal = AbortSignal.any([stopping, lost.signal]);
  const renewal = setInterval(() => {
    renewLease(deps.prisma, id, leaseOwner, deps.now()).then(
      (held) => held || lost.abort(),
      () => {}, // the database is away: the lease runs out by itself, and guarded writes fail
    );
  }, LEASE_MS / 3);
  let generation = -1;
  let nextCheckAt: Date | null = new Date(deps.now().getTime() + RETRY_MS);
  try {
    while (!signal.aborted) {
      const deployment = await deps.prisma.deployment.findUnique({ where: { id } });
      if (!deployment || deployment.leaseOwner !== leaseOwner) return;
      generation = deployment.generation;
      const next = await step(deps, deployment, leaseOwner, signal);
      if (next.kind === 'rest') {
        nextCheckAt = null;
        return;
      }
      if (next.kind !== 'wait') continue;
      nextCheckAt = new Date(deps.now().getTime() + next.checkAfterMs);
      if (next.checkAfterMs > HOLD_MS_MAX) return;
      await deps.pause(id, next.checkAfterMs, signal);
    }
    nextCheckAt = deps.now();
  } finally {
    clearInterval(renewal);
    await releaseLease(deps.prisma, id, leaseOwner, generation, nextCheckAt);
  }
}

async function step(
  deps: ReconcileDeps,
  deployment: Parameters<typeof observe>[1],
  leaseOwner: string,
  signal: AbortSignal,
): Promise<Next> {
  const place = await deps.findWorkplace(deployment.ownerId);
  const view = await observe(deps, deployment, place, signal);
  const decision = decide(view, deps.now());
  return act(deps, view, decision, place, { generation: deployment.generation, leaseOwner }, signal);
}
