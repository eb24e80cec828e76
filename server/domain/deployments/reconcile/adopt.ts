import type { Machine as ApiMachine } from '#deploy/fly/wire.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { Deployment, Machine } from '#prisma/generated/client/client.ts';
import { machineMetadata } from './machine-names.ts';
import { type MachinePlanDeps, planMachine } from './machine-plan.ts';
import { present, remember, type Seen } from './machine-row.ts';
import type { Workplace } from './workplace.ts';

/** It exists, and can be made to run. */
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

/** On its way out, or in a state of which nobody here knows what it means. */
const LEFT_ALONE = new Set(['destroying', 'migrated', 'unknown']);

/**
 * How long after a create was sent its machine may still appear, when nobody got the answer: as long as the call may
 * take. Creating again needs no such wait, since the name is taken then; giving the machine up does.
 */
export const CREATE_SETTLE_MS = 60_000;

/**
 * A create was sent and its answer never stored: look for what it made, by metadata. It is adopted only when it is
 * alive and runs exactly this configuration; any other one under this release's metadata is removed first.
 */
export async function findCreated(
  deps: MachinePlanDeps & { now: () => Date },
  deployment: Deployment,
  row: Machine,
  place: Workplace,
  signal: AbortSignal,
): Promise<Seen> {
  const metadata = machineMetadata({
    installationId: deps.installationId,
    deploymentId: deployment.id,
    releaseId: row.releaseId,
  });
  const list = (filter: Record<string, string>): Promise<ApiMachine[]> =>
    place.machines.list(row.app, { metadata: filter, summary: true }, { signal });

  const made = (await list(metadata)).filter(({ state }) => state !== 'destroyed' && state !== 'replaced');
  if (made.length === 0) {
    const goesOn =
      deployment.desired === 'RUNNING' &&
      deployment.status !== 'FAILED' &&
      deployment.targetReleaseId === row.releaseId;
    const age = deps.now().getTime() - row.updatedAt.getTime();
    return goesOn || age >= CREATE_SETTLE_MS
      ? { row, observed: { kind: 'absent' } }
      : { row, observed: { kind: 'unknown', reason: 'A machine that was asked for may still appear.' } };
  }

  const release = await deps.prisma.release.findUniqueOrThrow({ where: { id: row.releaseId } });
  const hash = (await planMachine(deps, release, place, row.app)).metadata[METADATA_KEYS.config] ?? '';
  const exact = new Set((await list({ ...metadata, [METADATA_KEYS.config]: hash })).map(({ id }) => id));
  const match = made.find(({ id, state }) => exact.has(id) && LIVE_STATES.has(state));
  for (const { id, state } of made) {
    if (id === match?.id || LEFT_ALONE.has(state)) continue;
    await place.machines.delete(row.app, id, { force: true, signal });
  }
  if (!match) {
    return { row, observed: { kind: 'unknown', reason: 'An older machine of this release is being removed.' } };
  }
  const machine = await place.machines.get(row.app, match.id, { signal });
  return { row: await remember(deps.prisma, row, machine, place), observed: present(machine) };
}
