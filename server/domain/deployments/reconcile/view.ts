import type { HostStatus } from '#deploy/host/contract.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { UnrequestedExit } from '../rows/setback.ts';
import { canServe } from '../status.ts';

/** The state of one machine in the Machines API: not known, confirmed absent, or present in a state. */
export type ObservedMachine =
  | { kind: 'unknown'; reason: string }
  | { kind: 'absent' }
  | { kind: 'present'; state: string; hostUnreachable: boolean; lastExit: UnrequestedExit | null };

/** One machine row with the observation made a moment ago. `host` is null when the host was not asked. */
export type MachineView = {
  row: Machine;
  observed: ObservedMachine;
  host: HostStatus | 'unreachable' | null;
};

/** Restarts of stalled machines of a deployment, for the pause before the next one. */
export type Stalls = {
  count: number;
  lastAt: Date | null;
  /** The server was started again since its last good check, or too often for that to help. */
  serverRestarted: boolean;
  /** Most deployments fail their checks: the network is the likelier cause, and restarts would only do harm. */
  isWidespread: boolean;
};

export const NO_STALLS: Stalls = { count: 0, lastAt: null, serverRestarted: false, isWidespread: false };

export type DeploymentView = {
  deployment: Deployment;
  target: Release | null;
  machines: MachineView[];
  stalls: Stalls;
};

/** The machine changes to another state by itself. */
const MOVING_STATES = new Set([
  'creating',
  'created',
  'starting',
  'stopping',
  'suspending',
  'restarting',
  'updating',
  'replacing',
  'migrating',
]);

/** No process runs in the machine, and a start brings it back. */
const STARTABLE_STATES = new Set(['stopped', 'suspended']);
/** The machine never ran, or never will again. */
const BROKEN_STATES = new Set(['failed', 'launch_failed']);
const GONE_STATES = new Set(['destroyed', 'destroying', 'replaced']);

export const isMoving = (state: string): boolean => MOVING_STATES.has(state);
export const isStartable = (state: string): boolean => STARTABLE_STATES.has(state);
export const isBroken = (state: string): boolean => BROKEN_STATES.has(state);
export const isGoneState = (state: string): boolean => GONE_STATES.has(state);

export const stateOf = ({ observed }: MachineView): string | null =>
  observed.kind === 'present' ? observed.state : null;

/** Confirmed: the machine neither serves nor will serve by itself. An unknown state is not a confirmation. */
export const isDown = (view: MachineView): boolean => {
  const { observed } = view;
  if (observed.kind === 'unknown') return false;
  return (
    observed.kind === 'absent' || isGoneState(observed.state) || isBroken(observed.state) || isStartable(observed.state)
  );
};

/** Confirmed: the machine does not exist any more. */
export const isGone = ({ observed }: MachineView): boolean =>
  observed.kind === 'absent' || (observed.kind === 'present' && ['destroyed', 'replaced'].includes(observed.state));

/** The release on its way is not the one that serves. */
export const isRollingOut = ({ deployment, target }: DeploymentView): boolean =>
  target !== null && target.id !== deployment.currentReleaseId;

/** A release serves, or does so once it is woken: a new release must not disturb it. */
export const hasServingRelease = (deployment: Deployment): boolean =>
  deployment.currentReleaseId !== null && canServe(deployment);
