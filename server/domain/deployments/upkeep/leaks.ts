import type { Machine as ApiMachine } from '#deploy/fly/wire.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';

/** A machine without a row is left alone this long, because its row may be about to be written or restored. */
export const LEAK_AGE_MS = 10 * 60_000;
/** More machines at once are not a leak but a wrong database: a restored backup must not destroy running machines. */
export const LEAKS_MAX = 5;

export type LeakDecision = { destroy: ApiMachine[] } | { alarm: ApiMachine[] };

/**
 * Pure: decides which machines, listed by this installation's metadata, belong to no row. Compares names, because a
 * summary has no metadata; isOurs checks the metadata before a machine is destroyed.
 */
export function decideLeaks(
  listed: readonly ApiMachine[],
  known: { machineIds: ReadonlySet<string>; awaitedNames: ReadonlySet<string> },
  now: Date,
): LeakDecision {
  const leaked = listed.filter((machine) => {
    if (known.machineIds.has(machine.id)) return false;
    if (machine.state === 'destroyed' || machine.state === 'destroying') return false;
    // A row that waits for a machine of this name may be about to adopt it: its own worker decides.
    if (known.awaitedNames.has(machine.name)) return false;
    const createdAt = machine.createdAt === null ? Number.NaN : Date.parse(machine.createdAt);
    return now.getTime() - createdAt >= LEAK_AGE_MS;
  });
  return leaked.length > LEAKS_MAX ? { alarm: leaked } : { destroy: leaked };
}

/** A second check before a machine is destroyed: its own metadata names this installation. */
export const isOurs = (machine: ApiMachine, installationId: string): boolean =>
  machine.config?.metadata[METADATA_KEYS.installation] === installationId;

/** Reads the rows to compare a listing with. Call it after the listing, so that the row of a new machine is not missed. */
export async function readKnown(prisma: PrismaClient) {
  const rows = await prisma.machine.findMany({ select: { machineId: true, name: true } });
  return {
    machineIds: new Set(rows.flatMap(({ machineId }) => machineId ?? [])),
    awaitedNames: new Set(rows.flatMap(({ machineId, name }) => (machineId === null ? [name] : []))),
  };
}
