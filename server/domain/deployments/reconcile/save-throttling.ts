import type { HostStatus } from '#deploy/host/contract.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { recordEvent } from '../rows/transition.ts';
import type { Step } from './step.ts';
import { throttledNote } from './throttling.ts';

/** A busy server on a small processor must not fill its timeline. */
const PAUSE_MS = 6 * 60 * 60_000;
/** The start of a server, which has a sentence of its own, must not count. */
const WALL_MS_MIN = 60_000;

/** Puts it into the timeline that the processor of a running machine was throttled, once in some hours. */
export async function saveThrottling(
  { deps, view, guard }: Step,
  release: Pick<Release, 'id' | 'processor' | 'region'>,
  { heldBack }: Pick<HostStatus, 'heldBack'>,
): Promise<void> {
  const running = heldBack?.running;
  if (running == null || running.wallMs < WALL_MS_MIN) return;
  const note = throttledNote(running, 'while the server ran', release).trim();
  if (note === '') return;
  const { id } = view.deployment;
  const now = deps.now();
  await deps.database.transaction(async (tx) => {
    const current = await tx.deployment.findFirst({
      where: { id, generation: guard.generation, leaseOwner: guard.leaseOwner },
    });
    if (current === null) return; // another worker has the row
    const reported = await tx.deploymentEvent.findFirst({
      where: {
        deploymentId: id,
        at: { gt: new Date(now.getTime() - PAUSE_MS) },
        data: { path: ['throttled'], equals: true },
      },
      select: { id: true },
    });
    if (reported !== null) return;
    const { status, phase } = current;
    const facts = { throttled: true } as const;
    await recordEvent(tx, deps.events, current, { status, phase, message: note, releaseId: release.id, facts }, now);
  });
}
