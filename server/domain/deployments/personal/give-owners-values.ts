import { type CallerValues, PLATFORM_PRINCIPAL } from '#deploy/host/contract.ts';
import { VALUES_NONE } from '#deploy/host/header-contract.ts';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { type OpenDeps, openCallerValues } from './open-caller-values.ts';

/** The revision of the owner's own values. */
export async function findOwnersRevision(prisma: PrismaClient, deploymentId: string): Promise<string> {
  const row = await prisma.personalValues.findFirst({
    where: { deploymentId, user: { deployments: { some: { id: deploymentId } } } },
    select: { id: true },
  });
  return row?.id ?? VALUES_NONE;
}

/**
 * Gives the host of a release the owner's own values for Catwalk's handshake and health checks, unless the host has them.
 */
export async function giveOwnersValues(
  deps: OpenDeps & { host: Pick<HostClient, 'heldValues' | 'giveValues'> },
  release: Release,
  target: HostTarget,
  signal: AbortSignal,
): Promise<void> {
  const { deploymentId } = release;
  const revision = await findOwnersRevision(deps.prisma, deploymentId);
  const held = await deps.host.heldValues(target, signal);
  if (held.some((one) => one.principal === PLATFORM_PRINCIPAL && one.revision === revision)) return;
  const opened = await openCallerValues(deps, release, revision);
  if (opened === null) return; // changed in this moment: the next check gives the new ones
  const values: CallerValues = { principal: PLATFORM_PRINCIPAL, ...opened };
  await deps.host.giveValues(target, values, signal);
}
