import type { PrismaClient } from '#prisma/client.ts';
import type { AuditEvent, Prisma } from '#prisma/generated/client/client.ts';

/** Selects a part of a user's trail; `until` is exclusive. An empty list of types means all of them. */
export type AuditFilter = {
  deploymentId?: string | null;
  types?: readonly string[] | null;
  since?: Date | null;
  until?: Date | null;
  /** The id of a user, or `system`. */
  actor?: string | null;
  /** A part of the name of the deployment or of a user. `people`: ids of the users that it names. */
  search?: { text: string; people: readonly string[] } | null;
};

const PAGE = 500;

const PEOPLE_MAX = 100;

/** A search by name finds entries of people, too, whose entries hold their ids alone. */
export async function readSearch(
  prisma: Pick<PrismaClient, 'user'>,
  given: string,
): Promise<NonNullable<AuditFilter['search']> | null> {
  const text = given.trim();
  if (text === '') return null;
  const named = { name: { contains: text, mode: 'insensitive' } } as const;
  const people = await prisma.user.findMany({ where: named, select: { id: true }, take: PEOPLE_MAX });
  return { text, people: people.map(({ id }) => id) };
}

/** The rows of a part of one owner's trail. */
export function auditWhere(ownerId: string, filter: AuditFilter): Prisma.AuditEventWhereInput {
  const { deploymentId, types, since, until, actor, search } = filter;
  return {
    ownerId,
    ...(deploymentId ? { deploymentId } : {}),
    ...(types && types.length > 0 ? { type: { in: [...types] } } : {}),
    ...(actor ? { actor } : {}),
    ...(search
      ? {
          OR: [
            { deploymentName: { contains: search.text, mode: 'insensitive' } },
            { type: { contains: search.text, mode: 'insensitive' } },
            { actor: { in: [...search.people] } },
          ],
        }
      : {}),
    ...(since || until ? { at: { ...(since ? { gte: since } : {}), ...(until ? { lt: until } : {}) } } : {}),
  };
}

/** All of it, newest first, page by page: as fast as it is read, and never all in memory. */
export async function* readAudit(
  prisma: PrismaClient,
  ownerId: string,
  filter: AuditFilter,
): AsyncGenerator<AuditEvent> {
  const where = auditWhere(ownerId, filter);
  let before: bigint | null = null;
  for (;;) {
    const page: AuditEvent[] = await prisma.auditEvent.findMany({
      where: before === null ? where : { AND: [where, { id: { lt: before } }] },
      orderBy: { id: 'desc' },
      take: PAGE,
    });
    yield* page;
    const last = page.at(-1);
    if (page.length < PAGE || !last) return;
    before = last.id;
  }
}
