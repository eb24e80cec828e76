import type { MachinesClient } from '#deploy/fly/calls.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { decideLeaks, isOurs, readKnown } from '#server/domain/deployments/leaks.ts';

export type LeakSweepDeps = {
  prisma: PrismaClient;
  machines: MachinesClient;
  app: string;
  installationId: string;
  now: () => Date;
  log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
};

const SWEEP_INTERVAL_MS = 5 * 60_000;

/** Looks for machines of this installation that no row knows, every few minutes. */
export function startLeakSweep(deps: LeakSweepDeps): { close(): Promise<void> } {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = sweepLeaks(deps, stopping.signal).catch((error: unknown) => {
      if (!stopping.signal.aborted) deps.log.error({ error }, 'the leak sweep failed');
    });
  }, SWEEP_INTERVAL_MS);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

/** One pass. */
export async function sweepLeaks(deps: LeakSweepDeps, signal: AbortSignal): Promise<void> {
  const metadata = { [METADATA_KEYS.installation]: deps.installationId };
  const listed = await deps.machines.list(deps.app, { metadata, summary: true }, { signal });
  const decision = decideLeaks(listed, await readKnown(deps.prisma), deps.now());
  if ('alarm' in decision) {
    const ids = decision.alarm.map(({ id }) => id);
    deps.log.error({ machines: ids }, 'too many machines without a row: none is destroyed; was a backup restored?');
    return;
  }
  for (const machine of decision.destroy) {
    const whole = await deps.machines.find(deps.app, machine.id, { signal });
    if (!whole || !isOurs(whole, deps.installationId)) continue;
    deps.log.warn({ machine: machine.id }, 'destroying a machine that belongs to no deployment');
    await deps.machines.delete(deps.app, machine.id, { force: true, signal });
  }
}
