import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import { openHostToken } from '../rows/releases.ts';
import { findCreated } from './adopt.ts';
import { CREATE_REQUESTED } from './machine-names.ts';
import type { MachinePlanDeps } from './machine-plan.ts';
import { present, remember, type Seen } from './machine-row.ts';
import type { DeploymentView, MachineView, ObservedMachine } from './view.ts';
import type { Workplace } from './workplace.ts';

export type ObserveDeps = MachinePlanDeps & {
  prisma: PrismaClient;
  envelopes: Envelopes;
  installationId: string;
  host: HostClient;
  now: () => Date;
};

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
      const wanted = deployment.desired === 'RUNNING' && target !== null && row.releaseId === target.id;
      let host: MachineView['host'] = null;
      if (wanted && servesAlready(deployment, target)) {
        // A host that is READY, behind this release's token, is a machine that is started: the API need not be asked.
        host = await observeHost(deps, row, target, place, signal);
        if (host !== null && host !== 'unreachable' && host.phase === 'READY') return { row, observed: STARTED, host };
      }
      const seen = await observeMachine(deps, deployment, row, place, signal);
      if (!wanted || seen.observed.kind !== 'present' || seen.observed.state !== 'started') {
        return { ...seen, host: null };
      }
      // A host that has just used up its time limit is not given another one, unless it moved meanwhile.
      if (host === 'unreachable' && seen.row.address === row.address) return { ...seen, host };
      return { ...seen, host: await observeHost(deps, seen.row, target, place, signal) };
    }),
  );
  return { deployment, target, machines };
}

const STARTED: ObservedMachine = { kind: 'present', state: 'started', hostUnreachable: false, lastExit: null };

const servesAlready = (deployment: Deployment, target: Release): boolean =>
  deployment.phase === null &&
  deployment.currentReleaseId === target.id &&
  (deployment.status === 'RUNNING' || deployment.status === 'UNHEALTHY');

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
    place.modeOf(row.app).kind === 'fly-proxy' ? { 'fly-force-instance-id': row.machineId } : {};
  return { origin: row.address, headers, token: await openHostToken(envelopes, release) };
}
