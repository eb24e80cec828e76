import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import { decide } from './decide.ts';
import { deployment, NOW, release, row } from './rows.testing.ts';
import { type MachineView, NO_STALLS, type ObservedMachine, type Stalls } from './view.ts';

/** A machine that exists, in a state of the Machines API, with its last exit. */
export const in_ = (
  state: string,
  exit: { code: number; oom?: boolean; restarts?: number; at?: Date } | null = null,
): ObservedMachine => ({
  kind: 'present',
  state,
  hostUnreachable: false,
  lastExit: exit && { oom: false, restarts: 0, ...exit, at: exit.at?.getTime() ?? NOW.getTime() },
});

/** A machine row, with what was observed of it and of its host. */
export const machine = (
  observed: ObservedMachine,
  seen: MachineView['host'] = null,
  over: Partial<Machine> = {},
): MachineView => ({ row: row(over), observed, host: seen });

export const STARTED = { kind: 'present', state: 'started', hostUnreachable: false, lastExit: null } as const;
export const ABSENT: ObservedMachine = { kind: 'absent' };
export const UNKNOWN: ObservedMachine = { kind: 'unknown', reason: 'the API is away' };

/** The decision at `NOW` for a deployment that differs from the usual one in these columns. */
export const decided = (
  over: Partial<Deployment>,
  machines: MachineView[],
  target: Release | null = release(),
  stalls: Stalls = NO_STALLS,
) => decide({ deployment: deployment(over), target, machines, stalls }, NOW);
