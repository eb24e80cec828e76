import type { PrismaClient, Queryable } from '#prisma/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { connectable } from '#server/domain/reach.ts';

/** A deployment whose endpoint takes OAuth. */
export type ProtectedDeployment = { id: string; name: string; ownerId: string };

/** Reports whether a person may let clients into a deployment: the owner, and those with whom it is shared. */
export const mayConnect = async (db: Queryable, deploymentId: string, userId: string): Promise<boolean> =>
  (await db.deployment.count({ where: { id: deploymentId, ...connectable(userId) } })) > 0;

export type FindProtected = (deploymentId: string) => Promise<ProtectedDeployment | null>;

/** Null for one that is not there, or whose endpoint wants a token or nothing: to OAuth they are all the same. */
export const createFindProtected =
  (prisma: Pick<PrismaClient, 'deployment'>): FindProtected =>
  async (deploymentId) => {
    if (!isUuid(deploymentId)) return null;
    return prisma.deployment.findFirst({
      where: { id: deploymentId, access: 'OAUTH', desired: { not: 'DELETED' } },
      select: { id: true, name: true, ownerId: true },
    });
  };
