import type { PrismaClient } from '#prisma/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';

/** A deployment whose endpoint takes OAuth. */
export type ProtectedDeployment = { id: string; name: string; ownerId: string; openToMembers: boolean };

/** Decides who may let a client in: the owner, or everyone who can sign in where the owner has opened the deployment. */
export const mayConnect = (deployment: ProtectedDeployment | null, userId: string): deployment is ProtectedDeployment =>
  deployment !== null && (deployment.ownerId === userId || deployment.openToMembers);

export type FindProtected = (deploymentId: string) => Promise<ProtectedDeployment | null>;

/** Null for one that is not there, or whose endpoint wants a token or nothing: to OAuth they are all the same. */
export const createFindProtected =
  (prisma: Pick<PrismaClient, 'deployment'>): FindProtected =>
  async (deploymentId) => {
    if (!isUuid(deploymentId)) return null;
    return prisma.deployment.findFirst({
      where: { id: deploymentId, access: 'OAUTH', desired: { not: 'DELETED' } },
      select: { id: true, name: true, ownerId: true, openToMembers: true },
    });
  };
