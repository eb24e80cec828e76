import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import { findLost } from './live-callers.ts';

export type SweepDeps = {
  prisma: PrismaClient;
  host: Pick<HostClient, 'heldValues' | 'forgetValues'>;
  now: () => Date;
};

/** Ends the children of callers at one host who have lost their values or their right. Any instance may do so, any time. */
export async function sweepHost(
  { prisma, host, now }: SweepDeps,
  deployment: { id: string; ownerId: string },
  target: HostTarget,
  signal: AbortSignal,
): Promise<void> {
  const held = await host.heldValues(target, signal);
  if (held.length === 0) return;
  const lost = await findLost(prisma, deployment, held, now());
  if (lost.length > 0) await host.forgetValues(target, lost, signal);
}

/** The same at all hosts of a deployment that hold values; does nothing for one without personal fields. */
export async function sweepDeployment(
  deps: SweepDeps & { targetOf: (machine: Machine) => Promise<HostTarget | null> },
  deploymentId: string,
  signal: AbortSignal,
): Promise<void> {
  const machines = await deps.prisma.machine.findMany({
    where: { deploymentId, address: { not: null }, destroyAt: null, release: { personalFields: { isEmpty: false } } },
    include: { deployment: { select: { id: true, ownerId: true } } },
  });
  await Promise.all(
    machines.map(async ({ deployment, ...machine }) => {
      const target = await deps.targetOf(machine);
      if (target) await sweepHost(deps, deployment, target, signal);
    }),
  );
}
