import type { Database, PrismaClient } from '#prisma/client.ts';
import type { Deployment, Machine, Prisma } from '#prisma/generated/client/client.ts';
import type { Events } from '#server/domain/events.ts';
import { storable } from '../../storable.ts';
import type { DeploymentFailure, Snapshot } from '../rows/deployment-data.ts';
import { type TransitionGuard, type TransitionTo, transition } from '../rows/transition.ts';
import { awakeAfter } from '../status.ts';
import { type DeploymentView, hasServingRelease, isRollingOut, isWaking } from './view.ts';

export type RollOutDeps = {
  prisma: PrismaClient;
  database: Pick<Database, 'transaction'>;
  events: Events;
  now: () => Date;
};

/**
 * The status while the target release is on its way: that of the release which serves meanwhile, ASLEEP while the
 * same one is being woken, else DEPLOYING. Why it was unhealthy before no longer matters then.
 */
export function phaseStatus(view: DeploymentView): Pick<TransitionTo, 'status' | 'failure' | 'releaseId'> {
  const { deployment, target } = view;
  const stays = isRollingOut(view) ? hasServingRelease(deployment) : deployment.status === 'ASLEEP';
  const releaseId = target?.id ?? null;
  return stays ? { status: deployment.status, releaseId } : { status: 'DEPLOYING', failure: null, releaseId };
}

/** How long the phase that ends now took, kept with the release. */
export async function recordTiming(
  deps: Pick<RollOutDeps, 'prisma' | 'now'>,
  deployment: Deployment,
  releaseId: string | null,
): Promise<void> {
  const { phase, phaseSince } = deployment;
  if (!phase || !phaseSince || !releaseId) return;
  const milliseconds = Math.max(0, deps.now().getTime() - phaseSince.getTime());
  await deps.prisma.$executeRaw`
    UPDATE "Release" SET "timings" = "timings" || jsonb_build_object(${phase}::text, ${milliseconds}::int)
    WHERE "id" = ${releaseId}::uuid`;
}

/** The target release serves from now on; the machines of older ones keep their own sessions for a while. */
export async function goLive(
  deps: RollOutDeps,
  view: DeploymentView,
  machine: Machine,
  snapshot: Snapshot,
  guard: TransitionGuard,
): Promise<boolean> {
  const { deployment, target } = view;
  if (!target) return false;
  const now = deps.now();
  await recordTiming(deps, deployment, target.id);
  const wakeMs = isWaking(view) ? await sinceWakeRequest(deps, deployment, now) : null;
  return deps.database.transaction(async (tx) => {
    const written = await transition(
      tx,
      deps.events,
      deployment,
      {
        status: 'RUNNING',
        phase: null,
        failure: null,
        message: liveMessage(snapshot, wakeMs),
        releaseId: target.id,
        ...(wakeMs === null ? {} : { facts: { wakeMs } }),
        columns: {
          ...(wakeMs === null ? {} : { lastWokenAt: now, lastWakeMs: wakeMs }),
          wakeAskedAt: null,
          currentReleaseId: target.id,
          observedGeneration: guard.generation,
          healthFailures: 0,
          lastHealthyAt: now,
          restartGeneration: null, // it has just been started
        },
      },
      guard,
      now,
    );
    if (!written) return false;
    await tx.release.update({
      where: { id: target.id },
      data: {
        snapshot: storable(snapshot) as unknown as Prisma.InputJsonObject, // plain JSON, with `unknown` where schemas are
        liveAt: target.liveAt ?? now,
        retiredAt: null,
      },
    });
    const former = deployment.currentReleaseId;
    if (former !== null && former !== target.id) {
      await tx.release.update({ where: { id: former }, data: { retiredAt: now } });
      await tx.machine.updateMany({
        where: { deploymentId: deployment.id, releaseId: former, drainingAt: null },
        data: { drainingAt: now },
      });
    }
    await tx.machine.update({ where: { id: machine.id }, data: { drainingAt: null } });
    return true;
  });
}

const liveMessage = ({ tools }: Snapshot, wakeMs: number | null): string => {
  const offer = `${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`;
  return wakeMs === null
    ? `Running, with ${offer}.`
    : `${awakeAfter(wakeMs)}, by a cold start: what it had in memory and on disk is lost. ${offer}.`;
};

/** A cold start has several phases: from the first event since it last had none. */
async function sinceWakeRequest(
  { prisma }: Pick<RollOutDeps, 'prisma'>,
  { id: deploymentId }: Deployment,
  now: Date,
): Promise<number> {
  const asleep = await prisma.deploymentEvent.findFirst({
    where: { deploymentId, phase: null },
    orderBy: { id: 'desc' },
    select: { id: true },
  });
  const asked = await prisma.deploymentEvent.findFirst({
    where: { deploymentId, id: { gt: asleep?.id ?? 0n } },
    orderBy: { id: 'asc' },
    select: { at: true },
  });
  return Math.max(0, now.getTime() - (asked?.at ?? now).getTime());
}

/**
 * The target release does not come up. Invariant 7: when another one serves, it stays, and the failure is told until the
 * next release is asked for; else the deployment is FAILED.
 */
export async function failRelease(
  deps: RollOutDeps,
  view: DeploymentView,
  failure: DeploymentFailure,
  guard: TransitionGuard,
): Promise<boolean> {
  const { deployment, target } = view;
  const now = deps.now();
  const fallback = isRollingOut(view) && hasServingRelease(deployment) ? deployment.currentReleaseId : null;
  return deps.database.transaction(async (tx) => {
    const written = await transition(
      tx,
      deps.events,
      deployment,
      fallback
        ? {
            phase: null,
            // Why the one that serves is unhealthy matters more.
            ...(deployment.status === 'UNHEALTHY' ? { facts: { failure } } : { failure }),
            message: `Release ${target?.number} failed: ${failure.message} The one before still serves.`,
            releaseId: target?.id ?? null,
            columns: { targetReleaseId: fallback, observedGeneration: guard.generation },
          }
        : {
            status: 'FAILED',
            phase: null,
            failure,
            message: failure.message,
            releaseId: target?.id ?? null,
            columns: { observedGeneration: guard.generation },
          },
      guard,
      now,
    );
    if (written && target) {
      await tx.release.update({
        where: { id: target.id },
        data: { failure: storable(failure) as unknown as Prisma.InputJsonObject }, // plain JSON
      });
    }
    return written;
  });
}
