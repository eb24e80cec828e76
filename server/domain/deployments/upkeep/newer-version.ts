import { gt, valid } from '@renovatebot/pep440';
import semver from 'semver';
import type { PackageSpec } from '#deploy/host/contract.ts';
import type { Database, PrismaClient } from '#prisma/client.ts';
import type { NpmRegistry } from '#server/domain/analysis/registries/npm.ts';
import type { Pypi } from '#server/domain/analysis/registries/pypi.ts';
import type { Events } from '#server/domain/events.ts';
import { recordEvent } from '../rows/transition.ts';

export type VersionCheckDeps = {
  prisma: PrismaClient;
  database: Pick<Database, 'transaction'>;
  events: Events;
  now: () => Date;
  npm: Pick<NpmRegistry, 'getPackage'>;
  pypi: Pick<Pypi, 'getPackage'>;
};

/** Registries asked in one pass: a day has enough passes for 28,800 deployments on one instance. */
const CHECKS_MAX = 20;
/** When a registry did not answer. */
const AGAIN_MS = 60 * 60_000;

/** Whether a version of a registry comes after the one that runs; false for what has no such order. */
export function isNewerVersion(runtime: PackageSpec['runtime'], found: string, runs: string): boolean {
  if (runtime === 'pypi') return valid(found) !== null && valid(runs) !== null && gt(found, runs);
  return runtime === 'npm' && semver.valid(found) !== null && semver.valid(runs) !== null && semver.gt(found, runs);
}

type Due = { id: string; spec: PackageSpec; package: string; version: string };

/**
 * Takes deployments whose registry was not asked for a day, and sets when each is asked next: about a day on, spread
 * out, so that those which came up together are not asked about together for ever.
 */
const claimDue = (prisma: PrismaClient, now: Date): Promise<Due[]> =>
  prisma.$queryRaw<Due[]>`
    UPDATE "Deployment" AS d
    SET "versionCheckAt" = ${now}::timestamptz + interval '1 day' * (0.9 + 0.2 * random())
    FROM "Release" AS r
    WHERE r."id" = d."currentReleaseId" AND d."id" IN (
      SELECT due."id" FROM "Deployment" AS due JOIN "Release" AS runs ON runs."id" = due."currentReleaseId"
      WHERE due."desired" <> 'DELETED' AND runs."spec" ->> 'runtime' IN ('npm', 'pypi')
        AND (due."versionCheckAt" <= ${now}::timestamptz
          OR due."versionCheckAt" IS NULL AND due."createdAt" <= ${now}::timestamptz - interval '1 day')
      LIMIT ${CHECKS_MAX} FOR UPDATE OF due SKIP LOCKED)
    RETURNING d."id", r."spec", r."package", r."version"`;

/** One pass: asks the registries of what is due, each package once, and notes what is new. */
export async function checkVersions(deps: VersionCheckDeps, signal: AbortSignal): Promise<void> {
  const due = await claimDue(deps.prisma, deps.now());
  for (const same of Map.groupBy(due, ({ spec, package: name }) => `${spec.runtime} ${name}`).values()) {
    const ids = same.map(({ id }) => id);
    const newest = await findNewest(deps, same[0]?.spec, signal);
    if (newest === null) {
      const versionCheckAt = new Date(deps.now().getTime() + AGAIN_MS);
      await deps.prisma.deployment.updateMany({ where: { id: { in: ids } }, data: { versionCheckAt } });
      continue;
    }
    for (const one of same) await noteVersion(deps, one, newest);
  }
}

/** Null when the registry does not say, for whatever reason: asked again later. */
async function findNewest(
  { npm, pypi }: VersionCheckDeps,
  spec: PackageSpec | undefined,
  signal: AbortSignal,
): Promise<string | null> {
  if (spec?.runtime !== 'npm' && spec?.runtime !== 'pypi') return null;
  try {
    return (await (spec.runtime === 'npm' ? npm : pypi).getPackage(spec.name, null, signal)).version;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Keeps the newest version; tells of it once, when it is newer than the one that runs. */
async function noteVersion(deps: VersionCheckDeps, { id, spec, ...runs }: Due, newest: string): Promise<void> {
  const now = deps.now();
  await deps.database.transaction(async (tx) => {
    const { count } = await tx.deployment.updateMany({
      where: { id, OR: [{ newestVersion: null }, { newestVersion: { not: newest } }] },
      data: { newestVersion: newest, newestVersionSeenAt: now },
    });
    if (count === 0 || !isNewerVersion(spec.runtime, newest, runs.version)) return;
    const { status, phase, ownerId } = await tx.deployment.findUniqueOrThrow({ where: { id } });
    const message = `${runs.package} ${newest} is out; this deployment runs ${runs.version}.`;
    await recordEvent(tx, deps.events, { id, ownerId }, { status, phase, message }, now);
  });
}
