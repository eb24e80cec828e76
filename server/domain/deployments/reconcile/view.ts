import type { HostStatus } from '#deploy/host/contract.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { UnaskedExit } from '../rows/setback.ts';

/** What the Machines API says of one machine: nothing asked or no answer, confirmed gone, or its state. */
export type ObservedMachine =
  | { kind: 'unknown'; reason: string }
  | { kind: 'absent' }
  | { kind: 'present'; state: string; hostUnreachable: boolean; lastExit: UnaskedExit | null };

/** One machine row with what was observed of it a moment ago. `host` is null while nothing can be asked. */
export type MachineView = {
  row: Machine;
  observed: ObservedMachine;
  host: HostStatus | 'unreachable' | null;
};

export type DeploymentView = {
  deployment: Deployment;
  target: Release | null;
  machines: MachineView[];
};

/** On their way to another state by themselves. */
const MOVING_STATES = new Set([
  'created',
  'starting',
  'stopping',
  'suspending',
  'restarting',
  'updating',
  'replacing',
  'migrating',
]);

/** Nothing runs in it, and a start brings it back. */
const STARTABLE_STATES = new Set(['stopped', 'suspended']);
/** It never ran, or never will again. */
const BROKEN_STATES = new Set(['failed', 'launch_failed']);
const GONE_STATES = new Set(['destroyed', 'destroying', 'replaced']);

export const isMoving = (state: string): boolean => MOVING_STATES.has(state);
export const isStartable = (state: string): boolean => STARTABLE_STATES.has(state);
export const isBroken = (state: string): boolean => BROKEN_STATES.has(state);
export const isGoneState = (state: string): boolean => GONE_STATES.has(state);

export const stateOf = ({ observed }: MachineView): string | null =>
  observed.kind === 'present' ? observed.state : null;

/** Confirmed: no process of it serves or will serve by itself. Not knowing is not confirmation. */
export const isDown = (view: MachineView): boolean => {
  const { observed } = view;
  if (observed.kind === 'unknown') return false;
  return (
    observed.kind === 'absent' || isGoneState(observed.state) || isBroken(observed.state) || isStartable(observed.state)
  );
};

/** Confirmed: it does not exist any more. */
export const isGone = ({ observed }: MachineView): boolean =>
  observed.kind === 'absent' || (observed.kind === 'present' && ['destroyed', 'replaced'].includes(observed.state));

/** The release that is on its way is another one than the one that serves. */
export const isRollingOut = ({ deployment, target }: DeploymentView): boolean =>
  target !== null && target.id !== deployment.currentReleaseId;

/** It sleeps, and its own release is on the way back. */
export const isWaking = (view: DeploymentView): boolean =>
  view.deployment.status === 'ASLEEP' && view.deployment.phase !== null && !isRollingOut(view);

/** A release serves, or would when woken: what a new one must not disturb. */
export const hasServingRelease = ({ status, currentReleaseId }: Deployment): boolean =>
  currentReleaseId !== null && (status === 'RUNNING' || status === 'UNHEALTHY' || status === 'ASLEEP');
