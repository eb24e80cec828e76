import type { Machine as ApiMachine } from '#deploy/fly/wire.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';

/** A machine without a row is left alone this long: its row may be about to be written, or restored. */
export const LEAK_AGE_MS = 10 * 60_000;
/** More than this at once is no leak but a wrong database: a restored backup must not destroy what runs. */
export const LEAKS_MAX = 5;

export type LeakDecision = { destroy: ApiMachine[] } | { alarm: ApiMachine[] };

/** Pure: which of the listed machines of this installation belong to no live row. */
export function decideLeaks(
  listed: readonly ApiMachine[],
  known: { installationId: string; machineIds: ReadonlySet<string>; deploymentIds: ReadonlySet<string> },
  now: Date,
): LeakDecision {
  const leaked = listed.filter((machine) => {
    const metadata = machine.config?.metadata ?? {};
    if (metadata[METADATA_KEYS.installation] !== known.installationId) return false;
    if (known.machineIds.has(machine.id)) return false;
    if (machine.state === 'destroyed' || machine.state === 'destroying') return false;
    // A deployment that still exists may be adopting this very machine: its own worker decides.
    if (known.deploymentIds.has(metadata[METADATA_KEYS.deployment] ?? '')) return false;
    const createdAt = machine.createdAt === null ? Number.NaN : Date.parse(machine.createdAt);
    return now.getTime() - createdAt >= LEAK_AGE_MS;
  });
  return leaked.length > LEAKS_MAX ? { alarm: leaked } : { destroy: leaked };
}

/** The rows that a listing is compared with. Read after the listing, so that a machine made since is not missed. */
export async function readKnown(prisma: PrismaClient, installationId: string) {
  const [machines, deployments] = await Promise.all([
    prisma.machine.findMany({ where: { machineId: { not: null } }, select: { machineId: true } }),
    prisma.deployment.findMany({ select: { id: true } }),
  ]);
  return {
    installationId,
    machineIds: new Set(machines.flatMap(({ machineId }) => machineId ?? [])),
    deploymentIds: new Set(deployments.map(({ id }) => id)),
  };
}
