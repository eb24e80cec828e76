import type { PrismaClient } from '#prisma/client.ts';
import { removeCallDays } from './call-days.ts';

const DAY_MS = 86_400_000;
/** Rows that one statement removes: so few that no other writer waits long. */
const BATCH = 5_000;
/** Of calls whose arguments and results are kept: up to 90 MB of a deployment. */
const BODIES_PER_DEPLOYMENT_MAX = 2_000;

export type PruneCallsDeps = { prisma: PrismaClient; now: () => Date; days: number; rowsPerDeployment: number };

/**
 * Removes the days whose calls are all older than `days`, and of each deployment all calls but the newest. Several instances
 * at once do it together. Returns the tables of the days that were removed, and the number of rows besides.
 */
export async function pruneCalls(deps: PruneCallsDeps, signal: AbortSignal): Promise<{ days: string[]; rows: number }> {
  const before = new Date(deps.now().getTime() - deps.days * DAY_MS);
  await pruneBodies(deps.prisma, before);
  const days = await removeCallDays(deps.prisma, before, signal);
  return { days, rows: await pruneMany(deps.prisma, deps.rowsPerDeployment, signal) };
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
      // By a range of the index: a list of ids would be looked for in each day.
      const [end] = await prisma.$queryRaw<{ id: bigint }[]>`
        SELECT "id" FROM "Call" WHERE "deploymentId" = ${id}::uuid AND "id" <= ${last.id} ORDER BY "id" OFFSET ${BATCH - 1} LIMIT 1`;
      count = await prisma.$executeRaw`
        DELETE FROM "Call" WHERE "deploymentId" = ${id}::uuid AND "id" <= ${end?.id ?? last.id}`;
    }
  }
  return removed;
}
