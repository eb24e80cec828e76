import type { PrismaClient } from '#prisma/client.ts';

/**
 * Removes the rows of users whose deletion was requested and who have no deployment and no trial with a machine left. A
 * user's own keys stay until then, because the machines may run in the user's own account. Any number of instances may
 * do it at once. Returns how many users were removed.
 */
export async function removeDeletedMembers({ prisma }: { prisma: PrismaClient }): Promise<number> {
  const { count } = await prisma.user.deleteMany({
    where: {
      role: 'MEMBER',
      deletedAt: { not: null },
      deployments: { none: {} },
      trials: { none: { app: { not: null }, machineGoneAt: null } },
    },
  });
  return count;
}
