import type { PrismaClient } from '#prisma/client.ts';

const DAY_MS = 86_400_000;
/** Ids that one statement covers: so few rows that no other writer waits long. */
const RANGE = 10_000n;
const BATCH = 5_000;
/** Of calls whose arguments and results are kept: up to 90 MB of a deployment. */
const BODIES_PER_DEPLOYMENT_MAX = 2_000;

export type PruneCallsDeps = { prisma: PrismaClient; now: () => Date; days: number; rowsPerDeployment: number };

/**
 * Removes calls that are older than `days`, and all but the newest of each deployment. Several instances at once do it
 * together. Returns the number of rows removed.
 */
export async function pruneCalls(deps: PruneCallsDeps, signal: AbortSignal): Promise<number> {
  const before = new Date(deps.now().getTime() - deps.days * DAY_MS);
  await pruneBodies(deps.prisma, before);
  return (await pruneOld(deps.prisma, before, signal)) + (await pruneMany(deps.prisma, deps.rowsPerDeployment, signal));
}

/** They are large: of each deployment the newest are kept. A call does without them once they are gone. */
async function pruneBodies(prisma: PrismaClient, before: Date): Promise<void> {
  await prisma.$executeRaw`DELETE FROM "CallBodies" WHERE "at" < ${before}`;
  await prisma.$executeRaw`
    DELETE FROM "CallBodies" USING (
      SELECT "Deployment"."id", "bodies"."at" FROM "Deployment" CROSS JOIN LATERAL (
        SELECT "at" FROM "CallBodies" WHERE "deploymentId" = "Deployment"."id"
        ORDER BY "at" DESC OFFSET ${BODIES_PER_DEPLOYMENT_MAX} LIMIT 1) AS "bodies") AS "full"
    WHERE "CallBodies"."deploymentId" = "full"."id" AND "CallBodies"."at" <= "full"."at"`;
}

/**
 * Ids grow with time, so the old rows are a range of ids. It is removed piece by piece from its lower end: a search for
 * old rows would pass those that the pieces before have removed, again and again.
 */
async function pruneOld(prisma: PrismaClient, before: Date, signal: AbortSignal): Promise<number> {
  const [range] = await prisma.$queryRaw<{ first: bigint | null; last: bigint | null }[]>`
    SELECT (SELECT "id" FROM "Call" ORDER BY "id" LIMIT 1) AS "first",
      (SELECT "id" FROM "Call" WHERE "at" < ${before} ORDER BY "at" DESC LIMIT 1) AS "last"`;
  if (range?.first == null || range.last == null) return 0;
  let removed = 0;
  for (let from = range.first; from <= range.last; from += RANGE) {
    signal.throwIfAborted();
    removed += await prisma.$executeRaw`
      DELETE FROM "Call" WHERE "id" >= ${from} AND "id" < ${from + RANGE} AND "at" < ${before}`;
  }
  return removed;
}

/** A statement for each deployment: to count the rows of all at once takes longer than a statement may. */
async function pruneMany(prisma: PrismaClient, rows: number, signal: AbortSignal): Promise<number> {
  let removed = 0;
  const called = await prisma.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Deployment" WHERE EXISTS (SELECT FROM "Call" WHERE "deploymentId" = "Deployment"."id")`;
  for (const { id } of called) {
    signal.throwIfAborted();
    const [last] = await prisma.$queryRaw<{ id: bigint }[]>`
      SELECT "id" FROM "Call" WHERE "deploymentId" = ${id}::uuid ORDER BY "id" DESC OFFSET ${rows} LIMIT 1`;
    for (let count = last ? BATCH : 0; last && count === BATCH; removed += count) {
      signal.throwIfAborted();
      count = await prisma.$executeRaw`
        DELETE FROM "Call" WHERE "id" IN (
          SELECT "id" FROM "Call" WHERE "deploymentId" = ${id}::uuid AND "id" <= ${last.id} ORDER BY "id" LIMIT ${BATCH})`;
    }
  }
  return removed;
}
