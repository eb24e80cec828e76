import { machineAddress } from '#deploy/address.ts';
import { type Machine as ApiMachine, exitEventOf } from '#deploy/fly/wire.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { UnrequestedExit } from '../rows/setback.ts';
import type { Fleet } from './fleet.ts';
import type { ObservedMachine } from './view.ts';

/** A machine row as it is now, with the observation of its machine. */
export type ObservedRow = { row: Machine; observed: ObservedMachine };

/**
 * Writes a new observation to the row, but only if the row still is as it was read: a delayed worker must not write the
 * id of an old machine over that of a newer one.
 */
export async function saveObservation(
  { prisma, now }: { prisma: PrismaClient; now: () => Date },
  row: Machine,
  machine: ApiMachine,
  fleet: Fleet,
): Promise<Machine> {
  const address =
    machine.state === 'started' ? (machineAddress(machine, fleet.addressModeOf(row.app))?.origin ?? null) : null;
  const seen = {
    machineId: machine.id,
    state: machine.state,
    address: row.abandonedAt === null ? address : null,
    instanceId: machine.instanceId,
    unreachableSince: machine.hostStatus === 'unreachable' ? (row.unreachableSince ?? now()) : null,
  };
  const since = row.machineId === null ? { machineSince: now() } : {};
  const same = (Object.keys(seen) as (keyof typeof seen)[]).every((key) => row[key] === seen[key]);
  if (same) return row;
  const { count } = await prisma.machine.updateMany({
    where: { id: row.id, machineId: row.machineId },
    // The clock of the deployments, not the database client's.
    data: { ...seen, ...since, updatedAt: now() },
  });
  if (count === 0) throw new RowChangedError();
  return { ...row, ...seen, ...since };
}

/** The machine row has changed since it was read: the observation no longer applies. */
export class RowChangedError extends Error {
  constructor() {
    super('The row of the machine was changed or removed by another writer.');
    this.name = 'RowChangedError';
  }
}

export const toObserved = (machine: ApiMachine): ObservedMachine => ({
  kind: 'present',
  state: machine.state,
  hostUnreachable: machine.hostStatus === 'unreachable',
  lastExit: unrequestedExitOf(machine),
});

function unrequestedExitOf(machine: ApiMachine): UnrequestedExit | null {
  const exit = exitEventOf(machine);
  if (!exit || exit.requestedStop) return null;
  const at = exit.exitedAt === null ? Number.NaN : Date.parse(exit.exitedAt);
  return {
    code: exit.exitCode,
    oom: exit.oomKilled,
    restarts: exit.restartCount,
    at: Number.isNaN(at) ? null : at,
  };
}
