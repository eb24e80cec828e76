import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import { SERVING_STATUSES } from '#server/domain/deployments/status.ts';
import type { Events } from '#server/domain/events.ts';
import type { Timers } from '#server/domain/timers.ts';
import { repeat } from './repeat.ts';

export type MachineWatchDeps = {
  prisma: PrismaClient;
  events: Events;
  findFleet: FindFleet;
  installationId: string;
  now: () => Date;
  timers: Timers;
  intervalMs: number;
  onError(error: unknown, deploymentId: string | null): void;
};

export interface MachineWatch {
  close(): Promise<void>;
}

/** Time of the last change of each machine, as the previous pass read it. */
type LastChanges = Map<string, string | null>;

/**
 * Lists the machines of each app once a pass instead of calling once per machine. Makes a deployment due, long before
 * its next health check, when its machine is no longer started, was restarted since the last pass, or is on a host that
 * cannot be reached. Decides nothing else: the worker observes for itself.
 */
export function startMachineWatch(deps: MachineWatchDeps): MachineWatch {
  let lastChanges: LastChanges = new Map();
  let failing = false;
  return repeat({
    timers: deps.timers,
    intervalMs: deps.intervalMs,
    run: async (signal) => {
      lastChanges = await watchMachines(deps, lastChanges, signal);
      failing = false;
    },
    onError: (error) => {
      // Reports an API outage once; the health checks show its effect on deployments.
      if (!failing) deps.onError(error, null);
      failing = true;
    },
  });
}

/** One pass; returns the changes for the next one. */
async function watchMachines(
  deps: Omit<MachineWatchDeps, 'timers' | 'intervalMs' | 'onError'>,
  before: LastChanges,
  signal: AbortSignal,
): Promise<LastChanges> {
  const serving = await deps.prisma.machine.findMany({
    where: {
      state: 'started',
      machineId: { not: null },
      drainingAt: null,
      deployment: { desired: 'RUNNING', phase: null, status: { in: [...SERVING_STATUSES] } },
    },
    select: { app: true, machineId: true, deploymentId: true, deployment: { select: { ownerId: true } } },
  });
  const seen: LastChanges = new Map();
  const due: string[] = [];
  const errors: unknown[] = [];
  for (const [app, machines] of Map.groupBy(serving, (machine) => machine.app)) {
    try {
      const started = await listStarted(deps, app, machines[0]?.deployment.ownerId ?? '', signal);
      for (const { machineId, deploymentId } of machines) {
        if (machineId === null) continue;
        const changedAt = started.get(machineId);
        if (changedAt !== undefined) seen.set(machineId, changedAt);
        const isNew = !before.has(machineId);
        if (changedAt === undefined || (!isNew && before.get(machineId) !== changedAt)) due.push(deploymentId);
      }
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error); // an app that cannot be listed must not hide the machines of others
    }
  }
  await makeDue(deps, due);
  if (errors.length > 0) throw errors[0];
  return seen;
}

/** Time of the last change of each started machine, by machine id. */
async function listStarted(
  deps: Pick<MachineWatchDeps, 'findFleet' | 'installationId'>,
  app: string,
  ownerId: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | null>> {
  const { machines } = await deps.findFleet(ownerId);
  const metadata = { [METADATA_KEYS.installation]: deps.installationId };
  const listed = await machines.list(app, { metadata, summary: true }, { signal });
  return new Map(listed.filter(({ state }) => state === 'started').map(({ id, updatedAt }) => [id, updatedAt]));
}

async function makeDue(
  deps: Pick<MachineWatchDeps, 'prisma' | 'events' | 'now'>,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const now = deps.now();
  await deps.prisma.deployment.updateMany({
    where: { id: { in: [...ids] }, phase: null, nextCheckAt: { gt: now } },
    data: { nextCheckAt: now },
  });
  for (const id of ids) await deps.events.publish(deps.prisma, 'work', id);
}
