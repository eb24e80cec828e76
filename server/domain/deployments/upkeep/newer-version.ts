import type { Database, PrismaClient } from '#prisma/client.ts';
import type { PackageIndexes } from '#server/domain/analysis/registries/indexed-package.ts';
import { isIndexName, PACKAGE_INDEXES } from '#server/domain/analysis/source/package-indexes.ts';
import type { Events } from '#server/domain/events.ts';
import { recordEvent } from '../rows/transition.ts';

export type VersionCheckDeps = {
  prisma: PrismaClient;
  database: Pick<Database, 'transaction'>;
  events: Events;
  now: () => Date;
  indexes: PackageIndexes;
};

/** Deployments checked in one pass: a day has enough passes for 28,800 deployments on one instance. */
const CHECKS_MAX = 20;
/** The pause after a registry did not answer. */
const RETRY_MS = 60 * 60_000;

/** True when a version of an index comes after the running one; false for versions without an order. */
export const isNewerVersion = (runtime: string, found: string, running: string): boolean =>
  isIndexName(runtime) && PACKAGE_INDEXES[runtime].isNewer(found, running);

/** `name`: null for a package that is not installed from its index. */
type Due = { id: string; runtime: string; name: string | null; package: string; version: string };

/**
 * Takes deployments that were not checked for a day and sets their next check about a day later, spread out, so that
 * deployments that came up together are not always checked together.
 */
const claimDue = (prisma: PrismaClient, now: Date): Promise<Due[]> =>
  prisma.$queryRaw<Due[]>`
    UPDATE "Deployment" AS d
    SET "versionCheckAt" = ${now}::timestamptz + interval '1 day' * (0.9 + 0.2 * random())
    FROM "Release" AS r
    WHERE r."id" = d."currentReleaseId" AND d."id" IN (
      SELECT due."id" FROM "Deployment" AS due JOIN "Release" AS runs ON runs."id" = due."currentReleaseId"
      WHERE due."desired" <> 'DELETED' AND runs."spec" ->> 'runtime' = ANY(${Object.keys(PACKAGE_INDEXES)})
        AND (due."versionCheckAt" <= ${now}::timestamptz
          OR due."versionCheckAt" IS NULL AND due."createdAt" <= ${now}::timestamptz - interval '1 day')
      LIMIT ${CHECKS_MAX} FOR UPDATE OF due SKIP LOCKED)
    RETURNING d."id", r."spec" ->> 'runtime' AS "runtime", r."spec" ->> 'name' AS "name", r."package", r."version"`;

/** One pass: reads the newest version of each due package once and notes new ones. */
export async function checkVersions(deps: VersionCheckDeps, signal: AbortSignal): Promise<void> {
  const due = await claimDue(deps.prisma, deps.now());
  for (const same of Map.groupBy(due, ({ runtime, package: name }) => `${runtime} ${name}`).values()) {
    const ids = same.map(({ id }) => id);
    const newest = await findNewest(deps, same[0], signal);
    if (newest === null) {
      const versionCheckAt = new Date(deps.now().getTime() + RETRY_MS);
      await deps.prisma.deployment.updateMany({ where: { id: { in: ids } }, data: { versionCheckAt } });
      continue;
    }
    for (const one of same) await noteVersion(deps, one, newest);
  }
}

/** The newest version of a package, and all that its index lists. */
type Newest = { version: string; versions: readonly string[] };

/** Null when the registry gives no answer; the check is repeated later. */
async function findNewest(
  { indexes }: VersionCheckDeps,
  one: Due | undefined,
  signal: AbortSignal,
): Promise<Newest | null> {
  if (!one || !isIndexName(one.runtime) || one.name === null) return null;
  try {
    const { version, versions = [] } = await indexes[one.runtime].getPackage(one.name, null, signal);
    return { version, versions };
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Versions that are kept of those between the running one and the newest. */
const NEWER_MAX = 100;

/** Keeps the newest version and records one event when it is newer than the running one. */
async function noteVersion(deps: VersionCheckDeps, { id, runtime, ...running }: Due, found: Newest): Promise<void> {
  const now = deps.now();
  const { version: newest } = found;
  const isBetween = (one: string) =>
    isNewerVersion(runtime, one, running.version) && !isNewerVersion(runtime, one, newest);
  const newerVersions = found.versions.filter(isBetween).slice(-NEWER_MAX);
  await deps.database.transaction(async (tx) => {
    await tx.deployment.updateMany({ where: { id }, data: { newerVersions } });
    const { count } = await tx.deployment.updateMany({
      where: { id, OR: [{ newestVersion: null }, { newestVersion: { not: newest } }] },
      data: { newestVersion: newest, newestVersionSeenAt: now },
    });
    if (count === 0 || !isNewerVersion(runtime, newest, running.version)) return;
    const { status, phase, ownerId } = await tx.deployment.findUniqueOrThrow({ where: { id } });
    const message = `${running.package} ${newest} is available; this deployment runs ${running.version}.`;
    await recordEvent(tx, deps.events, { id, ownerId }, { status, phase, message }, now);
  });
}
