import type { KeptSession } from '#deploy/host/contract.ts';
import type { HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Machine, Prisma } from '#prisma/generated/client/client.ts';
import { storable } from '../../storable.ts';
import { parseKeptSession } from '../rows/kept-session.ts';
import type { Step } from './step.ts';

/** Keeps the sessions of a machine that is about to sleep, in place of those that were kept before. */
export async function keepSessions(
  prisma: PrismaClient,
  { deploymentId, machineId }: Machine,
  sessions: readonly KeptSession[],
): Promise<void> {
  await prisma.keptSession.deleteMany({ where: { deploymentId } });
  if (machineId === null || sessions.length === 0) return;
  await prisma.keptSession.createMany({
    data: sessions.map((session) => ({
      deploymentId,
      machineId,
      sessionId: session.id,
      session: storable(session) as unknown as Prisma.InputJsonObject, // plain JSON
    })),
    skipDuplicates: true,
  });
}

/**
 * Gives a machine that wakes up the sessions that it may have lost, or that were opened while it slept. A host takes a
 * session that it has for what it is. Without this, as with a host of an older version, clients get a 404 and initialize
 * again.
 */
export async function giveSessionsBack({ deps, signal }: Step, machine: Machine, host: HostTarget): Promise<void> {
  const { deploymentId, machineId } = machine;
  const kept = await deps.prisma.keptSession.findMany({ where: { deploymentId } });
  if (kept.length === 0) return;
  const sessions = kept.map(({ session }) => parseKeptSession(session)).filter((session) => session !== null);
  try {
    await deps.host.carrySessions(host, sessions, signal);
  } catch {
    signal.throwIfAborted();
    return;
  }
  const named = [...machine.formerMachineIds, ...kept.map((one) => one.machineId)];
  const formerMachineIds = [...new Set(named)].filter((id) => id !== machineId);
  if (formerMachineIds.length > machine.formerMachineIds.length)
    await deps.prisma.machine.update({ where: { id: machine.id }, data: { formerMachineIds } });
  await deps.prisma.keptSession.deleteMany({ where: { id: { in: kept.map(({ id }) => id) } } });
}
