import type { Database } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';
import { recordEvent } from '../rows/transition.ts';
import { ACTIVE_STATUSES } from '../status.ts';

export type AfterRestartDeps = { database: Pick<Database, 'transaction'>; events: Events; now: () => Date };

/**
 * Local machines end with the server. Before the server accepts requests, this removes every machine's id and address
 * and makes active deployments DEPLOYING until a new machine completes its handshake. No other instance shares these
 * rows, so every lease is dead.
 */
export async function forgetLocalMachines({ database, events, now }: AfterRestartDeps): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.machine.updateMany({
      data: { machineId: null, machineSince: null, state: null, address: null, instanceId: null, logCursor: null },
    });
    const interrupted = await tx.deployment.findMany({
      where: { desired: 'RUNNING', status: { in: [...ACTIVE_STATUSES] } },
    });
    const at = now();
    for (const deployment of interrupted) {
      const state = { status: 'DEPLOYING', phase: 'QUEUED' } as const;
      await tx.deployment.update({
        where: { id: deployment.id },
        data: { ...state, phaseSince: at, attempts: 0, healthFailures: 0 },
      });
      const message = 'Catwalk was restarted. Starting the server again.';
      await recordEvent(tx, events, deployment, { ...state, message }, at);
    }
    await tx.deployment.updateMany({
      where: { OR: [{ nextCheckAt: { not: null } }, { desired: 'DELETED' }] },
      data: { nextCheckAt: at, leaseOwner: null, leaseUntil: null },
    });
  });
}
