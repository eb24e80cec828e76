import type { HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { storable } from '../../storable.ts';
import { giveLock } from '../definitions/read-lock.ts';
import { differ, digestsOf, parseOffer } from '../rows/offer.ts';
import type { Step } from './step.ts';

/**
 * Keeps what the clients of a release received as answers to their first questions, for the time when its machine
 * sleeps. An offer that differs between two callers, or that changed since it was kept, is not given away: the release
 * is marked for good, and its lists only tell what a view would show differently now. Nothing is kept from a host of an
 * older version.
 */
export async function keepOffer({ deps, signal }: Step, releaseId: string, host: HostTarget): Promise<void> {
  const { deploymentId } = await deps.prisma.release.findUniqueOrThrow({
    where: { id: releaseId },
    select: { deploymentId: true },
  });
  const version = await lockVersionOf(deps.prisma, deploymentId);
  const given = version === 0 ? Promise.resolve() : giveLock(deps, deploymentId, host, signal);
  const read = await given
    .then(() => deps.host.offer(host, signal))
    .catch(() => {
      signal.throwIfAborted();
      return null; // the next sleep or wake reads it
    });
  if (read === null) return;
  const { offer, offerVaries } = await deps.prisma.release.findUniqueOrThrow({
    where: { id: releaseId },
    select: { offer: true, offerVaries: true },
  });
  const known = parseOffer(offer);
  const { answers } = read;
  const varies = offerVaries || read.varies || (known !== null && answers !== null && differ(known, answers));
  const kept = answers && {
    openings: { ...known?.openings, ...answers.openings },
    lists: { ...known?.lists, ...answers.lists },
  };
  // What was held in the meantime must not be given away: the next sleep reads the offer again.
  if ((await lockVersionOf(deps.prisma, deploymentId)) !== version) return;
  await deps.prisma.release.update({
    where: { id: releaseId },
    data: {
      offer: kept === null ? Prisma.DbNull : (storable(kept) as Prisma.InputJsonObject),
      offerDigests: kept === null ? Prisma.DbNull : (digestsOf(kept) as Prisma.InputJsonObject),
      offerVaries: varies,
    },
  });
}

/** 0 where nothing was ever held. */
const lockVersionOf = async (prisma: PrismaClient, deploymentId: string): Promise<number> =>
  (await prisma.definitionLock.findUnique({ where: { deploymentId }, select: { version: true } }))?.version ?? 0;
