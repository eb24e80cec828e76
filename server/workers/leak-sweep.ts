import type { MachinesClient } from '#deploy/fly/calls.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import { decideLeaks, isOurs, readKnown } from '#server/domain/deployments/upkeep/leaks.ts';
import type { Timers } from '#server/domain/timers.ts';
import { repeat } from './repeat.ts';

export type LeakSweepDeps = {
  prisma: PrismaClient;
  machines: MachinesClient;
  app: string;
  installationId: string;
  now: () => Date;
  log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
};

export type LeakSweepsDeps = Omit<LeakSweepDeps, 'machines' | 'app'> & {
  findFleet: FindFleet;
  timers: Timers;
};

const SWEEP_INTERVAL_MS = 5 * 60_000;

/** Looks every few minutes for machines of this installation without a row, in every app that ever had one. */
export const startLeakSweep = (deps: LeakSweepsDeps): { close(): Promise<void> } =>
  repeat({
    timers: deps.timers,
    intervalMs: SWEEP_INTERVAL_MS,
    run: (signal) => sweepApps(deps, signal),
    onError: (error) => deps.log.error({ err: error }, 'The leak sweep failed.'),
  });

/** One pass over every app in which a machine was ever created, even if its owner has no deployment left. */
export async function sweepApps(deps: Omit<LeakSweepsDeps, 'timers'>, signal: AbortSignal): Promise<void> {
  const apps = await deps.prisma.machineApp.findMany({ orderBy: { createdAt: 'asc' } });
  const swept = new Set<string>();
  for (const { app, ownerId } of apps) {
    if (swept.has(app)) continue;
    try {
      const { machines } = await deps.findFleet(ownerId);
      await sweepLeaks({ ...deps, machines, app }, signal);
      swept.add(app);
    } catch (error) {
      signal.throwIfAborted();
      deps.log.error({ err: error, ownerId, app }, 'The machines of one app could not be swept.');
    }
  }
}

/** One pass over one app. */
export async function sweepLeaks(deps: LeakSweepDeps, signal: AbortSignal): Promise<void> {
  const metadata = { [METADATA_KEYS.installation]: deps.installationId };
  const listed = await deps.machines.list(deps.app, { metadata, summary: true }, { signal });
  const decision = decideLeaks(listed, await readKnown(deps.prisma), deps.now());
  if ('alarm' in decision) {
    const ids = decision.alarm.map(({ id }) => id);
    deps.log.error(
      { machines: ids },
      'Too many machines without a row: none is destroyed. A restored backup may be the cause.',
    );
    return;
  }
  for (const machine of decision.destroy) {
    const whole = await deps.machines.find(deps.app, machine.id, { signal });
    if (!whole || !isOurs(whole, deps.installationId)) continue;
    deps.log.warn({ machine: machine.id }, 'Destroying a machine that belongs to no deployment.');
    await deps.machines.delete(deps.app, machine.id, { force: true, signal });
  }
}
