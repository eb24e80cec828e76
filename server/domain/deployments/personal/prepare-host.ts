import type { HostTarget } from '#deploy/host-client.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { giveOwnersValues } from './give-owners-values.ts';
import { type SweepDeps, sweepHost } from './sweep.ts';

/**
 * Before Catwalk's own calls to a host: ends the children of callers who lost their values while no message arrived, and
 * gives the owner's values, with which the server is checked. Does nothing for a release without personal fields.
 */
export async function prepareHost(
  deps: SweepDeps & Parameters<typeof giveOwnersValues>[0],
  deployment: { id: string; ownerId: string },
  release: Release,
  target: HostTarget,
  signal: AbortSignal,
): Promise<void> {
  if (release.personalFields.length === 0) return;
  await sweepHost(deps, deployment, target, signal);
  await giveOwnersValues(deps, release, target, signal);
}
