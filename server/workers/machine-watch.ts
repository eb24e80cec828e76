import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Timers } from '#server/domain/deployments/reconcile/timers.ts';
import type { FindWorkplace } from '#server/domain/deployments/reconcile/workplace.ts';
import type { Events } from '#server/domain/events.ts';
import { repeat } from './repeat.ts';

export type MachineWatchDeps = {
  prisma: PrismaClient;
  events: Events;
  findWorkplace: FindWorkplace;
  installationId: string;
  now: () => Date;
  timers: Timers;
  intervalMs: number;
  onError(error: unknown, deploymentId: string | null): void;
};

export interface MachineWatch {
  close(): Promise<void>;
}

/** When the Machines API last changed each machine, as the pass before saw it. */
type LastChanges = Map<string, string | null>;

/**
 * One listing for each app and pass, instead of one call for each machine: a deployment whose machine is not started
 * any more, or went down and came up again since the last pass, is made due now, long before its next health check.
 * It decides nothing: the worker looks for itself.
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
      // An API that stays away is told once; what it means for a deployment, its health check says.
      if (!failing) deps.onError(error, null);
      failing = true;
    },
  });
}

/** One pass; the result is what the next one is told. */
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
      deployment: { desired: 'RUNNING', phase: null, status: { in: ['RUNNING', 'UNHEALTHY'] } },
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
      errors.push(error); // an owner whose app cannot be listed must not hide the machines of the others
    }
  }
  await makeDue(deps, due);
  if (errors.length > 0) throw errors[0];
  return seen;
}

/** By machine id: when each started machine last changed. */
async function listStarted(
  deps: Pick<MachineWatchDeps, 'findWorkplace' | 'installationId'>,
  app: string,
  ownerId: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | null>> {
  const { machines } = await deps.findWorkplace(ownerId);
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
