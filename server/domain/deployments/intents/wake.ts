import type { Database, Transaction } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';
import { recordEvent } from '../rows/transition.ts';

export type WakeDeps = { database: Pick<Database, 'transaction'>; events: Events; now: () => Date };

/**
 * Requests that a sleeping deployment be woken; resolves when the request is written, not when the deployment is awake.
 * Only the first of several requests has an effect; a deployment that does not sleep is left alone.
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
          // As an intent does, so that a worker that suspends the machine now cannot mark the row idle afterwards.
          generation: { increment: 1 },
        },
      });
      const isRequested = count > 0 || (await requestDuringRollOut(tx, deploymentId, at));
      if (!isRequested) return;
      const deployment = await tx.deployment.findUniqueOrThrow({
        where: { id: deploymentId },
        select: { id: true, ownerId: true, status: true, phase: true },
      });
      const { status, phase } = deployment;
      await recordEvent(tx, events, deployment, { status, phase, message: 'Waking up for a call.' }, at);
      await events.publish(tx, 'work', deploymentId);
    });

/** Wakes the sleeping release beside another one that is on its way. */
async function requestDuringRollOut(tx: Transaction, id: string, at: Date): Promise<boolean> {
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
