import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { Deployment, Machine } from '#prisma/generated/client/client.ts';
import type { PassedTime } from '#server/domain/passed-time.ts';
import { isToRun } from '../status.ts';
import type { Fleet } from './fleet.ts';
import { machineMetadata } from './machine-names.ts';
import { type MachinePlanDeps, planMachine } from './machine-plan.ts';
import { type ObservedRow, saveObservation, toObserved } from './machine-row.ts';

/** The machine exists and can run. */
const LIVE_STATES = new Set([
  'created',
  'starting',
  'started',
  'restarting',
  'updating',
  'replacing',
  'stopping',
  'stopped',
  'suspended',
  'suspending',
]);

/** The machine is on its way out, or in an unknown state. */
const LEFT_ALONE = new Set(['destroying', 'migrated', 'unknown']);

/**
 * How long after a create without a stored answer its machine may still appear: as long as the call may take. Creating
 * again needs no such wait, because the name is taken then; giving the machine up does. A clock that was set, now or
 * before this process began, does not shorten it.
 */
export const CREATE_SETTLE_MS = 60_000;

/**
 * Looks by metadata for the machine of a create whose answer was never stored. Adopts it only when it is alive and has
 * exactly this configuration; removes any other machine with the metadata of this release first.
 */
export async function findCreated(
  deps: MachinePlanDeps & { now: () => Date; passed: PassedTime },
  deployment: Deployment,
  row: Machine,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<ObservedRow> {
  const metadata = machineMetadata({
    installationId: deps.installationId,
    deploymentId: deployment.id,
    releaseId: row.releaseId,
  });
  const others = await deps.prisma.machine.findMany({
    where: { deploymentId: deployment.id, id: { not: row.id }, machineId: { not: null } },
    select: { machineId: true },
  });
  const ofOthers = new Set(others.map(({ machineId }) => machineId));
  const age = deps.passed.sinceSeen(row.updatedAt); // when it looks, not when the answer comes
  const listed = await fleet.machines.list(row.app, { metadata, summary: true }, { signal });
  const made = listed.filter(({ id, state }) => state !== 'destroyed' && state !== 'replaced' && !ofOthers.has(id));
  if (made.length === 0) {
    const goesOn = isToRun(deployment) && deployment.targetReleaseId === row.releaseId;
    return goesOn || age >= CREATE_SETTLE_MS
      ? { row, observed: { kind: 'absent' } }
      : { row, observed: { kind: 'unknown', reason: 'A requested machine may still appear.' } };
  }

  const release = await deps.prisma.release.findUniqueOrThrow({ where: { id: row.releaseId } });
  const hash = (await planMachine(deps, release, fleet, row.app)).metadata[METADATA_KEYS.config] ?? '';
  const found = await Promise.all(made.map(({ id }) => fleet.machines.find(row.app, id, { signal })));
  // A look that misses a listed machine says nothing about its configuration: it is not removed for that.
  if (found.includes(null)) {
    return { row, observed: { kind: 'unknown', reason: 'The new machine is not visible everywhere yet.' } };
  }
  const match = found.find(
    (machine) => machine?.config?.metadata[METADATA_KEYS.config] === hash && LIVE_STATES.has(machine.state),
  );
  for (const { id, state } of made) {
    if (id === match?.id || LEFT_ALONE.has(state)) continue;
    await fleet.machines.delete(row.app, id, { force: true, signal });
  }
  if (!match) {
    return { row, observed: { kind: 'unknown', reason: 'An older machine of this release is being removed.' } };
  }
  return { row: await saveObservation(deps, row, match, fleet), observed: toObserved(match) };
}
