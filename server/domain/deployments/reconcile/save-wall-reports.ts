import type { HostStatus } from '#deploy/host/contract.ts';
import { formatHostEntry, parseHostEntry } from '#deploy/host/egress/host-entry.ts';
import { saveContained } from './save-contained.ts';
import type { Step } from './step.ts';

const REACHED_MAX = 100;

/** Copies what the walls around a machine have seen into the database: what they stopped, and what they let through. */
export async function saveWallReports(step: Step, releaseId: string, status: HostStatus): Promise<void> {
  await saveContained(step, releaseId, status);
  await saveReached(step, status);
}

/** Adds new entries to the hosts that the server was seen to reach: from them a list can be made. */
async function saveReached({ deps, view, guard }: Step, { reached = [] }: HostStatus): Promise<void> {
  const { id, egressReached } = view.deployment;
  const entries = reached.flatMap((text) => {
    const entry = parseHostEntry(text);
    return entry === null ? [] : [formatHostEntry(entry)];
  });
  const all = [...new Set([...egressReached, ...entries])].slice(0, REACHED_MAX);
  if (all.length === egressReached.length) return;
  await deps.database.transaction(async (tx) => {
    const { count } = await tx.deployment.updateMany({
      where: { id, generation: guard.generation, leaseOwner: guard.leaseOwner },
      data: { egressReached: all },
    });
    if (count > 0) await deps.events.publish(tx, 'deployment', id);
  });
}
