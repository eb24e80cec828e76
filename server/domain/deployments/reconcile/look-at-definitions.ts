import type { HostStatus } from '#deploy/host/contract.ts';
import type { HostTarget } from '#deploy/host-client.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { timeFactor } from '#server/domain/catalog.ts';
import { observeDefinitions } from '../definitions/observe-definitions.ts';
import { redactSnapshot } from './redact-snapshot.ts';
import type { Step } from './step.ts';

/** A server may change its definitions without a word. */
const LOOK_MS = 10 * 60_000;
/** Where each session has a child, the look starts one. */
const COSTLY_LOOK_MS = 60 * 60_000;
/** A server whose lists change all the time is not read all the time. */
const LOOK_AGAIN_MS = 20_000;
/** A health check waits so long for it. */
const LOOK_MS_MAX = 20_000;

/**
 * Reads what the serving release offers now, if its host reports that a list changed or the last look is long ago, and
 * compares it with what was agreed to. A look that fails is repeated with a later check.
 */
export async function lookAtDefinitions(
  step: Step,
  release: Release,
  target: HostTarget,
  status: HostStatus,
): Promise<void> {
  const { deps, view, signal } = step;
  const { deployment } = view;
  if (status.phase !== 'READY' || deployment.currentReleaseId !== release.id) return;
  const row = await deps.prisma.definitionLock.findUnique({
    where: { deploymentId: deployment.id },
    select: { lookedAt: true, listsMark: true },
  });
  const listsMark = status.listsMark ?? null;
  const sinceMs = row?.lookedAt ? Math.abs(deps.now().getTime() - row.lookedAt.getTime()) : Number.POSITIVE_INFINITY;
  const intervalMs = release.isolation === 'PER_SESSION' ? COSTLY_LOOK_MS : LOOK_MS;
  const hasChanged = listsMark !== null && listsMark !== row?.listsMark && sinceMs >= LOOK_AGAIN_MS;
  if (!hasChanged && sinceMs < intervalMs) return;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS_MAX * timeFactor(release))]);
  try {
    const snapshot = await redactSnapshot(deps, release, await deps.probe.readSnapshot(target, limit));
    await deps.database.transaction(async (tx) => {
      const current = await tx.deployment.findUnique({ where: { id: deployment.id } });
      if (current?.currentReleaseId !== release.id) return; // another release went live during the look
      await observeDefinitions(tx, deps.events, current, { snapshot, listsMark }, deps.now());
    });
  } catch {
    signal.throwIfAborted();
  }
}
