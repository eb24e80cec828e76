import { z } from 'zod';
import type { PrismaClient } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Events } from '../events.ts';
import { messageOf } from '../message-of.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { storable } from '../storable.ts';
import { type Advisory, byGravity, findAdvisories, packageKey, SEVERITIES } from './find-advisories.ts';
import { askRegistry } from './npm-bulk.ts';
import { parsePackages } from './packages.ts';
import { type AdvisoryDatabase, readDatabase } from './read-database.ts';

const advisorySchema = z.object({
  id: z.string(),
  aliases: z.array(z.string()),
  summary: z.string(),
  url: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  package: z.string(),
  version: z.string(),
  fixed: z.string().nullable(),
}) satisfies z.ZodType<Advisory>;

/** Reads a JSON column; empty where nothing was found or looked for. */
export const parseFoundAdvisories = (column: unknown): Advisory[] =>
  z.array(advisorySchema).safeParse(column).data ?? [];

export type AdvisoryDeps = {
  prisma: PrismaClient;
  events: Pick<Events, 'publish'>;
  fetch: SafeFetch;
  now: () => Date;
  /** Null where the administrator named none. */
  database: AdvisoryDatabase | null;
  /** The registry that is asked besides; null where none is to be. */
  npmRegistry: URL | null;
};

/** Releases that one pass looks at together, so that a database is read once for all of them. */
const RELEASES_MAX = 50;
const INTERVAL_MS = 24 * 60 * 60_000;
/** After a database or registry did not answer. */
const RETRY_MS = 60 * 60_000;

type Due = { id: string; deploymentId: string; packages: unknown };

const claimDue = (prisma: PrismaClient, now: Date): Promise<Due[]> =>
  prisma.$queryRaw<Due[]>`
    UPDATE "ReleasePackages" AS p SET "checkAt" = ${new Date(now.getTime() + INTERVAL_MS)}
    FROM "Release" AS r
    WHERE r."id" = p."releaseId" AND p."releaseId" IN (
      SELECT due."releaseId" FROM "ReleasePackages" AS due
      JOIN "Deployment" AS d ON d."currentReleaseId" = due."releaseId"
      WHERE due."checkAt" <= ${now} LIMIT ${RELEASES_MAX} FOR UPDATE OF due SKIP LOCKED)
    RETURNING p."releaseId" AS "id", r."deploymentId", p."packages"`;

/**
 * One pass: compares the packages of serving releases with the database of the administrator and with the registry, each
 * about once a day. Where neither answers, what was found before stays, and the pass is repeated after an hour.
 */
export async function checkAdvisories(deps: AdvisoryDeps, signal: AbortSignal): Promise<void> {
  const { prisma, database, npmRegistry, now } = deps;
  if (database === null && npmRegistry === null) return;
  const due = (await claimDue(prisma, now())).map((row) => ({ ...row, installed: parsePackages(row.packages) }));
  if (due.length === 0) return;
  const names = new Set(
    due.flatMap(({ installed }) => installed.map(({ ecosystem, name }) => packageKey(ecosystem, name))),
  );
  const attempt = async <T>(read: () => Promise<T>): Promise<{ value: T | null; problem: string | null }> => {
    try {
      return { value: await read(), problem: null };
    } catch (error) {
      signal.throwIfAborted();
      return { value: null, problem: messageOf(error) };
    }
  };
  const known = await attempt(async () => database && readDatabase(database, names, { ...deps, signal }));
  for (const { id, deploymentId, installed } of due) {
    const asked = await attempt(async () => npmRegistry && askRegistry(npmRegistry, installed, { ...deps, signal }));
    const found =
      known.value === null && asked.value === null
        ? null
        : merge(findAdvisories(installed, known.value ?? []), asked.value ?? []);
    await prisma.releasePackages.update({
      where: { releaseId: id },
      data: {
        problem: known.problem ?? asked.problem,
        ...(found === null
          ? { checkAt: new Date(now().getTime() + RETRY_MS) }
          : { advisories: storable(found) as unknown as Prisma.InputJsonArray, checkedAt: now() }), // plain JSON
      },
    });
    await deps.events.publish(prisma, 'deployment', deploymentId);
  }
}

/** One advisory may be in both, under the same id or an alias. */
function merge(one: readonly Advisory[], other: readonly Advisory[]): Advisory[] {
  const known = new Set(
    one.flatMap((advisory) =>
      [advisory.id, ...advisory.aliases].map((id) => `${id} ${advisory.package} ${advisory.version}`),
    ),
  );
  const fresh = other.filter((advisory) => !known.has(`${advisory.id} ${advisory.package} ${advisory.version}`));
  return [...one, ...fresh].sort(byGravity);
}
