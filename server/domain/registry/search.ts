import type { PrismaClient } from '#prisma/client.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { tsqueryOf } from './words.ts';

export type RegistrySort = 'RELEVANCE' | 'NEWEST' | 'NAME';

export type RegistryQuery = {
  text: string;
  sort: RegistrySort;
  deployableOnly: boolean;
};

/** The position of a row in its order: a score, a time in milliseconds or a title, and its name. */
export type Position = { key: number | string; name: string };

/** By class of word: ends of words, description, publisher and packages, name and title. */
const WEIGHTS = '{0.02, 0.2, 0.5, 1}';

/** Without words there is no relevance: the newest come first. */
const orderOf = (query: RegistryQuery, tsquery: string | null): RegistrySort =>
  query.sort === 'RELEVANCE' && tsquery === null ? 'NEWEST' : query.sort;

const matching = (query: RegistryQuery, tsquery: string | null): Prisma.Sql => Prisma.sql`
  "status" <> 'DELETED' AND NOT "duplicate"
  ${query.deployableOnly ? Prisma.sql`AND "deployable"` : Prisma.empty}
  ${tsquery === null ? Prisma.empty : Prisma.sql`AND "words" @@ to_tsquery('simple', ${tsquery})`}`;

/**
 * A page of names with their positions, in order. Positions are compared, not counted: a page stays right while rows
 * come and go.
 */
export async function searchPage(
  prisma: PrismaClient,
  query: RegistryQuery,
  page: { after: Position | null; take: number },
): Promise<Position[]> {
  const tsquery = tsqueryOf(query.text);
  const order = orderOf(query, tsquery);
  const where = matching(query, tsquery);
  const { after, take } = page;
  if (order === 'NEWEST') {
    const at = after && new Date(Number(after.key));
    const rest = after
      ? Prisma.sql`AND "publishedAt" <= ${at} AND ("publishedAt" < ${at} OR "name" > ${after.name})`
      : Prisma.empty;
    const rows = await prisma.$queryRaw<{ key: Date; name: string }[]>`
      SELECT "publishedAt" AS "key", "name" FROM "RegistryServer" WHERE ${where} ${rest}
      ORDER BY "publishedAt" DESC, "name" LIMIT ${take}`;
    return rows.map(({ key, name }) => ({ key: key.getTime(), name }));
  }
  if (order === 'NAME') {
    const rest = after ? Prisma.sql`AND ("titleKey", "name") > (${String(after.key)}, ${after.name})` : Prisma.empty;
    return prisma.$queryRaw<Position[]>`
      SELECT "titleKey" AS "key", "name" FROM "RegistryServer" WHERE ${where} ${rest}
      ORDER BY "titleKey", "name" LIMIT ${take}`;
  }
  const exact = query.text.trim().toLowerCase();
  const rest = after
    ? Prisma.sql`WHERE "key" < ${Number(after.key)} OR ("key" = ${Number(after.key)} AND "name" > ${after.name})`
    : Prisma.empty;
  return prisma.$queryRaw<Position[]>`
    SELECT "key", "name" FROM (
      SELECT "name", (1000000 * (
        ts_rank(${WEIGHTS}::float4[], "words", to_tsquery('simple', ${tsquery}))
          * CASE WHEN "deployable" THEN 1.2 ELSE 1 END * CASE WHEN "status" = 'DEPRECATED' THEN 0.5 ELSE 1 END
        + CASE WHEN "titleKey" = ${exact} OR lower("name") = ${exact} THEN 1 ELSE 0 END))::int AS "key"
      FROM "RegistryServer" WHERE ${where}) AS scored
    ${rest} ORDER BY "key" DESC, "name" LIMIT ${take}`;
}

export async function countMatching(prisma: PrismaClient, query: RegistryQuery): Promise<number> {
  const [row] = await prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "RegistryServer" WHERE ${matching(query, tsqueryOf(query.text))}`;
  return row?.count ?? 0;
}
