import { machineAddress } from '#deploy/address.ts';
import { type Machine as ApiMachine, exitEventOf } from '#deploy/fly/wire.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { UnaskedExit } from '../rows/setback.ts';
import type { ObservedMachine } from './view.ts';
import type { Workplace } from './workplace.ts';

/** A machine row, as it is now, with what the Machines API says of it. */
export type Seen = { row: Machine; observed: ObservedMachine };

/**
 * Writes what was seen, when it is new, and only over what the row said when it was looked at: a worker that was held
 * up must not write an old machine's id over that of a newer one.
 */
export async function remember(
  prisma: PrismaClient,
  row: Machine,
  machine: ApiMachine,
  place: Workplace,
): Promise<Machine> {
  const address = machine.state === 'started' ? (machineAddress(machine, place.modeOf(row.app))?.origin ?? null) : null;
  const seen = { machineId: machine.id, state: machine.state, address, instanceId: machine.instanceId };
  const same = (Object.keys(seen) as (keyof typeof seen)[]).every((key) => row[key] === seen[key]);
  if (same) return row;
  const { count } = await prisma.machine.updateMany({ where: { id: row.id, machineId: row.machineId }, data: seen });
  if (count === 0) throw new RowChangedError();
  return { ...row, ...seen };
}

/** The machine row is not what it was a moment ago: whatever was to be written about it no longer holds. */
export class RowChangedError extends Error {
  constructor() {
    super('The row of the machine was changed or removed meanwhile.');
    this.name = 'RowChangedError';
  }
}

export const present = (machine: ApiMachine): ObservedMachine => ({
  kind: 'present',
  state: machine.state,
  hostUnreachable: machine.hostStatus === 'unreachable',
  lastExit: unaskedExitOf(machine),
});

function unaskedExitOf(machine: ApiMachine): UnaskedExit | null {
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
