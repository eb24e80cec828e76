import { machineAddress } from '#deploy/address.ts';
import { type Machine as ApiMachine, exitEventOf } from '#deploy/fly/wire.ts';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import type { DeploymentView, MachineView, ObservedMachine } from './decide.ts';
import { CREATE_REQUESTED, machineMetadata } from './machine-names.ts';
import { type MachinePlanDeps, planMachine } from './machine-plan.ts';
import { openHostToken } from './releases.ts';
import type { Workplace } from './workplace.ts';

export type ObserveDeps = MachinePlanDeps & {
  prisma: PrismaClient;
  envelopes: Envelopes;
  installationId: string;
  host: HostClient;
};

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

/**
 * Looks at everything a decision needs: the target release, each machine through the Machines API, and the host of
 * the machine that is wanted. What it learns about a machine is written to its row at once (the id above all).
 */
export async function observe(
  deps: ObserveDeps,
  deployment: Deployment,
  place: Workplace,
  signal: AbortSignal,
): Promise<DeploymentView> {
  const { prisma } = deps;
  const target = deployment.targetReleaseId
    ? await prisma.release.findUnique({ where: { id: deployment.targetReleaseId } })
    : null;
  const rows = await prisma.machine.findMany({ where: { deploymentId: deployment.id }, orderBy: { createdAt: 'asc' } });
  const machines = await Promise.all(
    rows.map(async (row): Promise<MachineView> => {
      const seen = await observeMachine(deps, deployment, row, place, signal);
      const wanted = deployment.desired === 'RUNNING' && seen.row.releaseId === target?.id;
      if (!wanted || !target || seen.observed.kind !== 'present' || seen.observed.state !== 'started') {
        return { ...seen, host: null };
      }
      return { ...seen, host: await observeHost(deps, seen.row, target, place, signal) };
    }),
  );
  return { deployment, target, machines };
}

type Seen = { row: Machine; observed: ObservedMachine };

async function observeMachine(
  deps: ObserveDeps,
  deployment: Deployment,
  row: Machine,
  place: Workplace,
  signal: AbortSignal,
): Promise<Seen> {
  try {
    if (row.machineId === null) {
      if (row.state !== CREATE_REQUESTED) return { row, observed: { kind: 'absent' } };
      return await findCreated(deps, deployment, row, place, signal);
    }
    const machine = await place.machines.find(row.app, row.machineId, { signal });
    if (!machine) return { row, observed: { kind: 'absent' } };
    return { row: await remember(deps.prisma, row, machine, place), observed: present(machine) };
  } catch (error) {
    signal.throwIfAborted();
    return { row, observed: { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) } };
  }
}

/**
 * A create was sent and its answer never stored: look for what it made, by metadata. It is adopted only when it is
 * alive and runs exactly this configuration; any other one under this release's metadata is removed.
 */
async function findCreated(
  deps: ObserveDeps,
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
  const found = await place.machines.list(row.app, { metadata }, { signal });
  const alive = found.filter((machine) => LIVE_STATES.has(machine.state));
  if (alive.length === 0) return { row, observed: { kind: 'absent' } };
  const release = await deps.prisma.release.findUniqueOrThrow({ where: { id: row.releaseId } });
  const hash = (await planMachine(deps, release, place)).metadata[METADATA_KEYS.config];
  const match = alive.find((machine) => machine.config?.metadata[METADATA_KEYS.config] === hash);
  for (const machine of alive) {
    if (machine !== match) await place.machines.delete(row.app, machine.id, { force: true, signal });
  }
  if (!match)
    return { row, observed: { kind: 'unknown', reason: 'An older machine of this release is being removed.' } };
  return { row: await remember(deps.prisma, row, match, place), observed: present(match) };
}

/** Writes what was seen, when it is new. */
export async function remember(
  prisma: PrismaClient,
  row: Machine,
  machine: ApiMachine,
  place: Workplace,
): Promise<Machine> {
  const address = machine.state === 'started' ? (machineAddress(machine, place.mode)?.origin ?? null) : null;
  const seen = { machineId: machine.id, state: machine.state, address, instanceId: machine.instanceId };
  const same = (Object.keys(seen) as (keyof typeof seen)[]).every((key) => row[key] === seen[key]);
  return same ? row : prisma.machine.update({ where: { id: row.id }, data: seen });
}

const present = (machine: ApiMachine): ObservedMachine => {
  const exit = exitEventOf(machine);
  return {
    kind: 'present',
    state: machine.state,
    hostUnreachable: machine.hostStatus === 'unreachable',
    lastExit: exit ? { code: exit.exitCode, oom: exit.oomKilled } : null,
  };
};

async function observeHost(
  deps: ObserveDeps,
  row: Machine,
  release: Release,
  place: Workplace,
  signal: AbortSignal,
): Promise<MachineView['host']> {
  const target = await hostTarget(deps.envelopes, row, release, place);
  if (!target) return null;
  try {
    return await deps.host.status(target, signal);
  } catch {
    signal.throwIfAborted();
    return 'unreachable'; // why does not matter to a decision; the machine's own state tells more
  }
}

/** Where and with what the host of a machine is asked; null while its address is unknown. */
export async function hostTarget(
  envelopes: Envelopes,
  row: Machine,
  release: Pick<Release, 'id' | 'hostToken'>,
  place: Workplace,
): Promise<HostTarget | null> {
  if (row.address === null || row.machineId === null) return null;
  const headers: Record<string, string> =
    place.mode.kind === 'fly-proxy' ? { 'fly-force-instance-id': row.machineId } : {};
  return { origin: row.address, headers, token: await openHostToken(envelopes, release) };
}
