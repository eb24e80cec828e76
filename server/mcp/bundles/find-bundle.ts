import { createTokenCheck } from '#deploy/host/token.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { Bundle } from './bundle.ts';
import { createBundleSessions } from './sessions.ts';

const KEPT_MAX = 1_000;

export type FindBundleDeps = {
  prisma: Pick<PrismaClient, 'machine'>;
  /** Opens the token of a release. */
  openHostToken(release: { id: string; hostToken: string }): Promise<string>;
};

/** Finds the bundle behind a row. A release never changes, so what is found is kept. */
export function createFindBundle({ prisma, openHostToken }: FindBundleDeps) {
  const kept = new Map<string, Bundle>();
  return async (machineId: string): Promise<Bundle | null> => {
    const known = kept.get(machineId);
    if (known) return known;
    const row = await prisma.machine.findFirst({
      where: { machineId, release: { runtime: 'bundle' } },
      select: { deploymentId: true, release: { select: { id: true, hostToken: true } } },
    });
    if (row === null) return null;
    const token = await openHostToken(row.release);
    const bundle = {
      bundleId: row.deploymentId,
      accepts: createTokenCheck(token),
      sessions: createBundleSessions(token),
    };
    kept.set(machineId, bundle);
    forgetOldest(kept, KEPT_MAX);
    return bundle;
  };
}
