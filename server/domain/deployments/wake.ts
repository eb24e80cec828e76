import type { Database } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';
import { recordEvent } from './transition.ts';

export type WakeDeps = { database: Pick<Database, 'transaction'>; events: Events; now: () => Date };

/**
 * Asks for a sleeping deployment to be woken; returns when that is written, not when it is done. However many callers
 * and instances ask, the first one does it; for one that does not sleep it does nothing.
 */
export const createWake =
  ({ database, events, now }: WakeDeps) =>
  (deploymentId: string): Promise<void> =>
    database.transaction(async (tx) => {
      const at = now();
      const { count } = await tx.deployment.updateMany({
        where: { id: deploymentId, status: 'ASLEEP', desired: 'RUNNING', phase: null },
        data: {
          phase: 'STARTING_MACHINE',
          phaseSince: at,
          attempts: 0,
          nextCheckAt: at,
          // As an intent does: a worker that is just laying it down must not put the row to rest after this.
          generation: { increment: 1 },
        },
      });
      if (count === 0) return;
      const deployment = await tx.deployment.findUniqueOrThrow({
        where: { id: deploymentId },
        select: { id: true, ownerId: true, status: true, phase: true },
      });
      const { status, phase } = deployment;
      await recordEvent(tx, events, deployment, { status, phase, message: 'Waking up: it was called.' }, at);
      await events.publish(tx, 'work', deploymentId);
    });
