import type { HeldLock } from '#deploy/host/lock-contract.ts';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { parseDefinitions } from './definitions.ts';
import { lockOf } from './lock-of.ts';

/** What the hosts of a deployment enforce now; null where nothing was ever held. */
export async function readLock(prisma: PrismaClient, deploymentId: string): Promise<HeldLock | null> {
  const row = await prisma.definitionLock.findUnique({ where: { deploymentId } });
  if (row === null || row.version === 0) return null;
  const agreed = parseDefinitions(row.agreed);
  const isHolding = row.policy === 'HOLD' && agreed !== null;
  return { version: row.version, lock: isHolding ? lockOf(agreed, parseDefinitions(row.observed)) : null };
}

/** Gives a host what it enforces, before the platform reads from it what its clients see. */
export async function giveLock(
  { prisma, host }: { prisma: PrismaClient; host: Pick<HostClient, 'giveLock'> },
  deploymentId: string,
  target: HostTarget,
  signal: AbortSignal,
): Promise<void> {
  const held = await readLock(prisma, deploymentId);
  if (held !== null) await host.giveLock(target, held, signal);
}
