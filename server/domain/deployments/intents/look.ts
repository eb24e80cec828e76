import type { Database } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';
import { SERVING_STATUSES } from '../status.ts';

export type LookDeps = { database: Pick<Database, 'prisma'>; events: Events; now: () => Date };

/**
 * Requests that a worker checks the machine of a serving deployment now instead of at the next regular check; resolves
 * when the request is written. It changes nothing of what the deployment should do, so it is no intent of a user.
 */
export const createLook =
  ({ database: { prisma }, events, now }: LookDeps) =>
  async (deploymentId: string): Promise<void> => {
    const at = now();
    const { count } = await prisma.deployment.updateMany({
      where: {
        id: deploymentId,
        desired: 'RUNNING',
        status: { in: [...SERVING_STATUSES] },
        nextCheckAt: { gt: at },
      },
      data: { nextCheckAt: at },
    });
    if (count > 0) await events.publish(prisma, 'work', deploymentId);
  };
