import type { Database, Transaction } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';
import { recordEvent } from '../rows/transition.ts';

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
      const wanted = count > 0 || (await askDuringRollOut(tx, deploymentId, at));
      if (!wanted) return;
      const deployment = await tx.deployment.findUniqueOrThrow({
        where: { id: deploymentId },
        select: { id: true, ownerId: true, status: true, phase: true },
      });
      const { status, phase } = deployment;
      await recordEvent(tx, events, deployment, { status, phase, message: 'Waking up: it was called.' }, at);
      await events.publish(tx, 'work', deploymentId);
    });

/** Another release is on its way: it goes on, and meanwhile the one that sleeps is woken beside it. */
async function askDuringRollOut(tx: Transaction, id: string, at: Date): Promise<boolean> {
  const { count } = await tx.deployment.updateMany({
    where: {
      id,
      status: 'ASLEEP',
      desired: 'RUNNING',
      wakeAskedAt: null,
      phase: { not: null },
      currentReleaseId: { not: null },
      NOT: { targetReleaseId: { equals: tx.deployment.fields.currentReleaseId } },
    },
    data: { wakeAskedAt: at, nextCheckAt: at, generation: { increment: 1 } },
  });
  return count > 0;
}
