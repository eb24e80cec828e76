import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Timers } from '#server/domain/deployments/timers.ts';
import type { FindWorkplace } from '#server/domain/deployments/workplace.ts';
import type { Events } from '#server/domain/events.ts';

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

/**
 * One listing for each app and pass, instead of one call for each machine: a deployment whose machine is not started
 * any more is made due now, long before its next health check. It decides nothing: the worker looks for itself.
 */
export function startMachineWatch(deps: MachineWatchDeps): MachineWatch {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let failing = false;
  const stop = deps.timers.every(deps.intervalMs, () => {
    running ??= watchMachines(deps, stopping.signal)
      .then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          // An API that stays away is told once; what it means for a deployment, its health check says.
          if (!stopping.signal.aborted && !failing) deps.onError(error, null);
          failing = true;
        },
      )
      .finally(() => {
        running = null;
      });
  });
  return {
    close: async () => {
      stop();
      stopping.abort();
      await running;
    },
  };
}

/** One pass. */
export async function watchMachines(
  deps: Omit<MachineWatchDeps, 'timers' | 'intervalMs' | 'onError'>,
  signal: AbortSignal,
) {
  const serving = await deps.prisma.machine.findMany({
    where: {
      state: 'started',
      machineId: { not: null },
      drainingAt: null,
      deployment: { desired: 'RUNNING', phase: null, status: { in: ['RUNNING', 'UNHEALTHY'] } },
    },
    select: { app: true, machineId: true, deploymentId: true, deployment: { select: { ownerId: true } } },
  });
  const missing: string[] = [];
  const errors: unknown[] = [];
  for (const [app, machines] of Map.groupBy(serving, (machine) => machine.app)) {
    try {
      const started = await listStarted(deps, app, machines[0]?.deployment.ownerId ?? '', signal);
      for (const { machineId, deploymentId } of machines) {
        if (machineId !== null && !started.has(machineId)) missing.push(deploymentId);
      }
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error); // an owner whose app cannot be listed must not hide the machines of the others
    }
  }
  await makeDue(deps, missing);
  if (errors.length > 0) throw errors[0];
}

async function listStarted(
  deps: Pick<MachineWatchDeps, 'findWorkplace' | 'installationId'>,
  app: string,
  ownerId: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { machines } = await deps.findWorkplace(ownerId);
  const metadata = { [METADATA_KEYS.installation]: deps.installationId };
  const listed = await machines.list(app, { metadata, summary: true }, { signal });
  return new Set(listed.filter(({ state }) => state === 'started').map(({ id }) => id));
}

async function makeDue(
  deps: Pick<MachineWatchDeps, 'prisma' | 'events' | 'now'>,
  missing: readonly string[],
): Promise<void> {
  if (missing.length === 0) return;
  const now = deps.now();
  await deps.prisma.deployment.updateMany({
    where: { id: { in: [...missing] }, phase: null, nextCheckAt: { gt: now } },
    data: { nextCheckAt: now },
  });
  for (const id of missing) await deps.events.publish(deps.prisma, 'work', id);
}
