import { machineHeaders } from '#deploy/address.ts';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Deployment, Machine, Prisma, Release } from '#prisma/generated/client/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import type { PassedTime } from '#server/domain/passed-time.ts';
import { messageOf } from '../../message-of.ts';
import { openHostToken } from '../rows/releases.ts';
import { isServing, SERVING_STATUSES } from '../status.ts';
import { findCreated } from './adopt.ts';
import { HEALTH_FAILURES_MAX, SERVER_RESTARTS_MAX, STALLS_WINDOW_MS } from './decide-remedy.ts';
import type { Fleet } from './fleet.ts';
import { CREATE_REQUESTED } from './machine-names.ts';
import type { MachinePlanDeps } from './machine-plan.ts';
import { type ObservedRow, saveObservation, toObserved } from './machine-row.ts';
import {
  type DeploymentView,
  isGoneState,
  type MachineView,
  NO_STALLS,
  type ObservedMachine,
  type Stalls,
} from './view.ts';

/** Fewer deployments that fail their checks are never taken for a failure of the network. */
const WIDESPREAD_MIN = 3;

export type ObserveDeps = MachinePlanDeps & {
  prisma: PrismaClient;
  envelopes: Envelopes;
  installationId: string;
  host: HostClient;
  now: () => Date;
  passed: PassedTime;
};

/**
 * Observes everything that a decision needs: the target release, each machine through the Machines API, and the host of
 * the target machine. Writes each observation, above all the machine's id, to its row at once.
 */
export async function observe(
  deps: ObserveDeps,
  deployment: Deployment,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<DeploymentView> {
  const { prisma } = deps;
  const [target, rows] = await Promise.all([
    deployment.targetReleaseId ? prisma.release.findUnique({ where: { id: deployment.targetReleaseId } }) : null,
    prisma.machine.findMany({ where: { deploymentId: deployment.id }, orderBy: { createdAt: 'asc' } }),
  ]);
  const machines = await Promise.all(
    rows.map(async (row): Promise<MachineView> => {
      const isTarget =
        deployment.desired === 'RUNNING' && target !== null && row.releaseId === target.id && row.abandonedAt === null;
      let host: MachineView['host'] = null;
      if (isTarget && isLive(deployment, target)) {
        // A READY host with this release's token proves a started machine: the Machines API need not be asked.
        host = await observeHost(deps, row, target, fleet, signal);
        if (host !== null && host !== 'unreachable' && host.phase === 'READY') {
          return { row: await saveReached(deps, row), observed: STARTED, host };
        }
      }
      const seen = await observeMachine(deps, deployment, row, fleet, signal);
      if (!isTarget || seen.observed.kind !== 'present' || seen.observed.state !== 'started') {
        return { ...seen, host: null };
      }
      // A host that has just timed out is not asked again, unless its address has changed.
      if (host === 'unreachable' && seen.row.address === row.address) return { ...seen, host };
      return { ...seen, host: await observeHost(deps, seen.row, target, fleet, signal) };
    }),
  );
  return { deployment, target, machines, stalls: await readStalls(prisma, deployment, deps.now()) };
}

/** Read only when the next failed check may lead to a restart. */
async function readStalls(prisma: PrismaClient, deployment: Deployment, now: Date): Promise<Stalls> {
  if (!isServing(deployment) || deployment.healthFailures + 1 < HEALTH_FAILURES_MAX) return NO_STALLS;
  const restartsOf = (setback: 'stalled' | 'server-stalled') =>
    prisma.deploymentEvent.findMany({
      where: {
        deploymentId: deployment.id,
        at: { gt: new Date(now.getTime() - STALLS_WINDOW_MS) },
        data: { path: ['setback'], equals: setback },
      },
      orderBy: { id: 'desc' },
      select: { at: true },
    });
  const restarts = await restartsOf('stalled');
  const ofServer = await restartsOf('server-stalled');
  const lastGood = deployment.lastHealthyAt ?? deployment.createdAt;
  const serving: Prisma.DeploymentWhereInput = { desired: 'RUNNING', status: { in: [...SERVING_STATUSES] } };
  const failing = await prisma.deployment.count({
    where: { ...serving, healthFailures: { gte: HEALTH_FAILURES_MAX - 1 } },
  });
  const all = await prisma.deployment.count({ where: serving });
  return {
    count: restarts.length,
    lastAt: restarts[0]?.at ?? null,
    serverRestarted: ofServer.length >= SERVER_RESTARTS_MAX || ofServer.some(({ at }) => at >= lastGood),
    isWidespread: failing >= WIDESPREAD_MIN && failing * 2 > all,
  };
}

/** A host that answers proves that the hardware can be reached. */
async function saveReached({ prisma }: ObserveDeps, row: Machine): Promise<Machine> {
  if (row.unreachableSince === null) return row;
  const reached = { unreachableSince: null };
  await prisma.machine.updateMany({ where: { id: row.id, machineId: row.machineId }, data: reached });
  return { ...row, ...reached };
}

const STARTED: ObservedMachine = { kind: 'present', state: 'started', hostUnreachable: false, lastExit: null };

const isLive = (deployment: Deployment, target: Release): boolean =>
  deployment.phase === null && deployment.currentReleaseId === target.id && isServing(deployment);

/** Not every part of Fly knows a new machine: its 404 is no proof for so long (flyctl#4618). first hour: F2 */
const FRESH_MS = 60_000;

/** The machine came to be a moment ago, and Fly has not accepted its deletion: a 404 may be that of an instance that lags. */
const isFresh = ({ machineSince, state }: Machine, passed: PassedTime): boolean =>
  machineSince !== null && !isGoneState(state ?? '') && passed.since(machineSince) < FRESH_MS;

async function observeMachine(
  deps: ObserveDeps,
  deployment: Deployment,
  row: Machine,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<ObservedRow> {
  try {
    if (row.machineId === null) {
      if (row.state !== CREATE_REQUESTED) return { row, observed: { kind: 'absent' } };
      return await findCreated(deps, deployment, row, fleet, signal);
    }
    const mayLag = isFresh(row, deps.passed); // when it looks, not when the answer comes
    const machine = await fleet.machines.find(row.app, row.machineId, { signal });
    if (!machine && mayLag) {
      return { row, observed: { kind: 'unknown', reason: 'The new machine is not visible everywhere yet.' } };
    }
    if (!machine) return { row, observed: { kind: 'absent' } };
    return { row: await saveObservation(deps, row, machine, fleet), observed: toObserved(machine) };
  } catch (error) {
    signal.throwIfAborted();
    return { row, observed: { kind: 'unknown', reason: messageOf(error) } };
  }
}

async function observeHost(
  deps: ObserveDeps,
  row: Machine,
  release: Release,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<MachineView['host']> {
  const target = await hostTarget(deps.envelopes, row, release, fleet);
  if (!target) return null;
  try {
    return await deps.host.status(target, signal);
  } catch {
    signal.throwIfAborted();
    return 'unreachable'; // a decision needs no reason; the machine's own state gives more information
  }
}

/** The address and token of a machine's host; null while the address is unknown. */
export async function hostTarget(
  envelopes: Envelopes,
  row: Machine,
  release: Pick<Release, 'id' | 'hostToken'>,
  fleet: Fleet,
): Promise<HostTarget | null> {
  if (row.address === null || row.machineId === null) return null;
  const headers = machineHeaders(fleet.addressModeOf(row.app).kind, row.machineId);
  return { origin: row.address, headers, token: await openHostToken(envelopes, release) };
}
