import type { PrismaClient, Queryable } from '#prisma/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { connectable } from '#server/domain/reach.ts';
import type { ResourceView } from './names.ts';

/** A deployment whose endpoint takes OAuth. `view`: the one whose address is meant; null for the whole server. */
export type ProtectedDeployment = { id: string; name: string; ownerId: string; view: ResourceView | null };

/** Reports whether a person may let clients into a deployment: the owner, and those with whom it is shared. */
export const mayConnect = async (db: Queryable, deploymentId: string, userId: string): Promise<boolean> =>
  (await db.deployment.count({ where: { id: deploymentId, ...connectable(userId) } })) > 0;

/** `view`: the name of a view, for the authorization server of its address. */
export type FindProtected = (deploymentId: string, view?: string | null) => Promise<ProtectedDeployment | null>;

/**
 * Null for one that is not there, or whose endpoint wants a token or nothing: to OAuth they are all the same. Null for a
 * view that the deployment does not have.
 */
export const createFindProtected =
  (prisma: Pick<PrismaClient, 'deployment'>): FindProtected =>
  async (deploymentId, name = null) => {
    if (!isUuid(deploymentId)) return null;
    const found = await prisma.deployment.findFirst({
      where: { id: deploymentId, access: 'OAUTH', desired: { not: 'DELETED' } },
      select: {
        id: true,
        name: true,
        ownerId: true,
        views: { where: { name: name ?? '' }, select: { id: true, name: true } },
      },
    });
    if (!found) return null;
    const { views, ...deployment } = found;
    const [view = null] = views;
    return name !== null && view === null ? null : { ...deployment, view };
  };
