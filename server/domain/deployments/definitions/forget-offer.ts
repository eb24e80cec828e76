import type { Transaction } from '#prisma/client.ts';
import { Prisma } from '#prisma/generated/client/client.ts';

/**
 * Drops the answers that are given while the machine sleeps: clients see other definitions from now on. The next list
 * wakes the machine. The digests stay, so that a client that listens is notified of the change.
 */
export const forgetOffer = (tx: Transaction, deploymentId: string): Promise<unknown> =>
  tx.release.updateMany({
    where: { deploymentId, offer: { not: Prisma.DbNull } },
    data: { offer: Prisma.DbNull },
  });
