import type { PrismaClient } from '#prisma/client.ts';

/** Finds the deployment that a slug leads to, also for 30 days after the slug was changed. */
export const createFindBySlug =
  (prisma: Pick<PrismaClient, 'deployment' | 'formerSlug'>, now: () => Date) =>
  async (slug: string): Promise<string | null> => {
    const current = await prisma.deployment.findUnique({ where: { slug }, select: { id: true } });
    if (current !== null) return current.id;
    const former = await prisma.formerSlug.findFirst({
      where: { slug, until: { gt: now() } },
      select: { deploymentId: true },
    });
    return former?.deploymentId ?? null;
  };
