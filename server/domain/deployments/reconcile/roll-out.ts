import type { HostStatus } from '#deploy/host/contract.ts';
import type { Database, PrismaClient } from '#prisma/client.ts';
import { type Deployment, type Machine, Prisma } from '#prisma/generated/client/client.ts';
import { evidenceOf } from '#server/domain/analysis/detect/finding.ts';
import type { Events } from '#server/domain/events.ts';
import { learnNeeds } from '#server/domain/learn/learn-needs.ts';
import { readIcons } from '../../declared-icons.ts';
import { storable } from '../../storable.ts';
import { observeDefinitions } from '../definitions/observe-definitions.ts';
import type { DeploymentFailure } from '../rows/failure.ts';
import { parseFields } from '../rows/fields.ts';
import type { Snapshot } from '../rows/snapshot.ts';
import { type TransitionGuard, type TransitionTo, transition } from '../rows/transition.ts';
import { awakeAfter, isAsleep, isServingWithFailure, isWaking } from '../status.ts';
import { throttledNote } from './throttling.ts';
import { type DeploymentView, hasServingRelease, isRollingOut } from './view.ts';

export type RollOutDeps = {
  prisma: PrismaClient;
  database: Pick<Database, 'transaction'>;
  events: Events;
  now: () => Date;
};

/**
 * The status while the target release is on its way: that of the release that serves until then, ASLEEP while the same
 * release is being woken, else DEPLOYING, which clears an earlier failure.
 */
export function phaseStatus(view: DeploymentView): Pick<TransitionTo, 'status' | 'failure' | 'releaseId'> {
  const { deployment, target } = view;
  const stays = isRollingOut(view) ? hasServingRelease(deployment) : isAsleep(deployment);
  const releaseId = target?.id ?? null;
  return stays ? { status: deployment.status, releaseId } : { status: 'DEPLOYING', failure: null, releaseId };
}

/**
 * Records how long the phase that ends now took, until the release is live: these are the times of its own deployment,
 * and not of a later start. An attempt that begins again replaces the times of the one before.
 */
export async function recordTiming(
  deps: Pick<RollOutDeps, 'prisma' | 'now'>,
  deployment: Deployment,
  releaseId: string | null,
): Promise<void> {
  const { phase, phaseSince } = deployment;
  if (!phase || !phaseSince || !releaseId) return;
  const milliseconds = Math.max(0, deps.now().getTime() - phaseSince.getTime());
  await deps.prisma.$executeRaw`
    UPDATE "Release" SET "timings" = CASE WHEN ${phase}::text = 'QUEUED' THEN '{}'::jsonb ELSE "timings" END
      || jsonb_build_object(${phase}::text, ${milliseconds}::int)
    WHERE "id" = ${releaseId}::uuid AND "liveAt" IS NULL`;
}

/**
 * Makes the target release live; machines of older releases keep their own sessions for a time. `host`: the status after
 * the handshake, which tells whether the processor was throttled.
 */
export async function goLive(
  deps: RollOutDeps,
  view: DeploymentView,
  machine: Machine,
  snapshot: Snapshot,
  guard: TransitionGuard,
  host: Pick<HostStatus, 'heldBack' | 'listsMark'> | null = null,
): Promise<boolean> {
  const { deployment, target } = view;
  if (!target) return false;
  const now = deps.now();
  await recordTiming(deps, deployment, target.id);
  const wakeMs = isWaking(view.deployment) ? await sinceWakeRequest(deps, deployment, now) : null;
  return deps.database.transaction(async (tx) => {
    const written = await transition(
      tx,
      deps.events,
      deployment,
      {
        status: 'RUNNING',
        phase: null,
        failure: null,
        message:
          liveMessage(snapshot, wakeMs) + throttledNote(host?.heldBack?.start, 'while the server started', target),
        releaseId: target.id,
        ...(wakeMs === null ? {} : { facts: { wakeMs } }),
        columns: {
          ...(wakeMs === null ? {} : { lastWokenAt: now, lastWakeMs: wakeMs }),
          wakeAskedAt: null,
          currentReleaseId: target.id,
          observedGeneration: guard.generation,
          healthFailures: 0,
          lastHealthyAt: now,
          restartGeneration: null, // the machine has just been started
        },
      },
      guard,
      now,
    );
    if (!written) return false;
    await tx.release.update({
      where: { id: target.id },
      data: {
        ...storedSnapshot(snapshot),
        liveAt: target.liveAt ?? now,
        retiredAt: null,
      },
    });
    const former = deployment.currentReleaseId;
    if (former !== null && former !== target.id) {
      await tx.release.update({ where: { id: former }, data: { retiredAt: now } });
      await tx.machine.updateMany({
        where: { deploymentId: deployment.id, releaseId: former, drainingAt: null, abandonedAt: null },
        data: { drainingAt: now },
      });
    }
    await tx.machine.update({ where: { id: machine.id }, data: { drainingAt: null } });
    const observation = { snapshot, listsMark: host?.listsMark ?? null };
    await observeDefinitions(tx, deps.events, { ...deployment, status: 'RUNNING', phase: null }, observation, now);
    return true;
  });
}

const liveMessage = ({ tools, notes }: Snapshot, wakeMs: number | null): string => {
  const offer = `${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`;
  const live =
    wakeMs === null
      ? `Running, with ${offer}.`
      : `${awakeAfter(wakeMs)}, by a cold start: its memory and disk were lost. ${offer}.`;
  return [live, ...notes].join(' ');
};

/** A cold start has several phases: counts from the first event after the last one without a phase. */
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
  const requested = await prisma.deploymentEvent.findFirst({
    where: { deploymentId, id: { gt: asleep?.id ?? 0n } },
    orderBy: { id: 'asc' },
    select: { at: true },
  });
  return Math.max(0, now.getTime() - (requested?.at ?? now).getTime());
}

/**
 * Gives the target release up. Invariant 7: a release that serves stays, and the failure is kept until the next release
 * is requested; without one the deployment is FAILED.
 */
export async function failRelease(
  deps: RollOutDeps,
  view: DeploymentView,
  failure: DeploymentFailure,
  guard: TransitionGuard,
): Promise<boolean> {
  const { deployment, target } = view;
  const now = deps.now();
  const learned = learnFrom(deployment, failure);
  const fallback = isRollingOut(view) && hasServingRelease(deployment) ? deployment.currentReleaseId : null;
  return deps.database.transaction(async (tx) => {
    const written = await transition(
      tx,
      deps.events,
      deployment,
      fallback
        ? {
            phase: null,
            // The failure of the serving release matters more.
            ...(isServingWithFailure(deployment) ? { facts: { failure } } : { failure }),
            message: `Release ${target?.number} failed: ${failure.message} The previous one still serves.`,
            releaseId: target?.id ?? null,
            columns: { targetReleaseId: fallback, observedGeneration: guard.generation, ...learned },
          }
        : {
            status: 'FAILED',
            phase: null,
            failure,
            message: failure.message,
            releaseId: target?.id ?? null,
            columns: { observedGeneration: guard.generation, ...learned },
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

const STARTED = evidenceOf('START_FAILURE', null, null, 'the server ended without it');

/** The form of a deployment learns what its server ended without: the next attempt asks for exactly that. */
const learnFrom = ({ fields }: Deployment, { needs }: DeploymentFailure): Prisma.DeploymentUncheckedUpdateManyInput =>
  needs === undefined ? {} : { fields: storable(learnNeeds(parseFields(fields), needs, STARTED)) };

/** Icons have a column of their own, so that lists of deployments read no snapshots. */
function storedSnapshot({ icons, ...snapshot }: Snapshot) {
  const usable = readIcons(icons);
  return {
    snapshot: storable(snapshot) as unknown as Prisma.InputJsonObject, // plain JSON, with `unknown` where schemas are
    icons: usable.length > 0 ? (storable(usable) as unknown as Prisma.InputJsonArray) : Prisma.DbNull,
  };
}
