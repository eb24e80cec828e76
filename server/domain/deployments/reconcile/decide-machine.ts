import type { HostFailureCode, HostStatus } from '#deploy/host/contract.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { UnrequestedExit } from '../rows/setback.ts';
import { isWaking } from '../status.ts';
import { shouldAbandon } from './decide-abandon.ts';
import { decideRemedy } from './decide-remedy.ts';
import { isIdle } from './decide-sleep.ts';
import { type Decision, failed, isOverdue, POLL_MS, SLOW_POLL_MS } from './decision.ts';
import {
  type DeploymentView,
  isBroken,
  isGoneState,
  isMoving,
  isRollingOut,
  isStartable,
  type MachineView,
} from './view.ts';

/** Number of starts of a machine that ends by itself before its release fails. */
const STARTS_MAX = 8;
/** So many restarts by the machine's own policy are a crash loop. */
export const RESTARTS_MAX = 5;
/** A machine that is still in state `created` then never starts: a cold image pull takes up to 98 s. */
const NEVER_STARTED_MS = 150_000;

/** Failures of a child that the next call or ping starts again. */
const RESTARTABLE_FAILURES: ReadonlySet<HostFailureCode> = new Set([
  'CRASHED',
  'EXITED_AT_START',
  'HANDSHAKE_TIMEOUT',
  'NO_HANDSHAKE',
  'OUT_OF_MEMORY',
]);

/** Decides about the machine of the target release, from its creation to its time in service. */
export function decideMachine(view: DeploymentView, wanted: MachineView, now: Date): Decision {
  const { deployment } = view;
  const { row, observed } = wanted;
  const serving = !isRollingOut(view) && deployment.phase === null;
  const overdue = isOverdue(deployment, view.target, now);

  if (observed.kind === 'unknown') {
    if (serving) return { kind: 'check-health', machine: row, remedy: null };
    return overdue
      ? failed(row, 'MACHINE_UNREACHABLE', observed.reason)
      : { kind: 'wait-for-api', reason: observed.reason };
  }
  if (row.machineId === null) {
    if (deployment.phase !== 'CREATING_MACHINE') return { kind: 'enter-phase', phase: 'CREATING_MACHINE' };
    if (overdue) return failed(row, 'MACHINE_START_TIMEOUT', 'The machine could not be created in time.');
    return { kind: 'create-machine', machine: row };
  }
  if (observed.kind === 'absent') return { kind: 'recreate-machine', machine: row };

  if (shouldAbandon(view, wanted, now)) return { kind: 'abandon-machine', machine: row };
  const { state, lastExit } = observed;
  if (isGoneState(state)) {
    return state === 'destroying'
      ? { kind: 'wait', checkAfterMs: POLL_MS }
      : { kind: 'recreate-machine', machine: row };
  }
  if (isBroken(state)) return failed(row, 'MACHINE_START_TIMEOUT', 'The machine did not start.');
  if (isStartable(state)) return decideStart(view, wanted, state, freshExit(view, lastExit), overdue);
  if (state === 'started') return decideHost(view, wanted, serving, overdue, now);
  if (deployment.phase === null) {
    if (!isMoving(state)) return { kind: 'check-health', machine: row, remedy: null }; // an unknown state proves nothing
    return down(view, lastExit);
  }
  if (overdue) return failed(row, 'MACHINE_START_TIMEOUT', `The machine has been ${state} for too long.`);
  if (state === 'created') return decideCreated(view, row, now);
  return { kind: 'wait', checkAfterMs: POLL_MS };
}

/** Fly starts a machine that it created by itself and refuses a start for some seconds: waits. */
function decideCreated({ deployment }: DeploymentView, row: Machine, now: Date): Decision {
  if (deployment.phase === 'QUEUED' || deployment.phase === 'CREATING_MACHINE') {
    return { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
  }
  const since = deployment.phaseSince ?? now;
  if (now.getTime() - since.getTime() > NEVER_STARTED_MS) return { kind: 'destroy-machine', machine: row };
  return { kind: 'wait', checkAfterMs: POLL_MS };
}

/** The machine is stopped or suspended although it should run. */
function decideStart(
  view: DeploymentView,
  { row, host }: MachineView,
  state: string,
  exit: UnrequestedExit | null,
  overdue: boolean,
): Decision {
  const { deployment } = view;
  if (deployment.restartGeneration !== null && state === 'suspended') return { kind: 'stop-machine', machine: row };
  if (exit?.oom) return failed(row, 'OUT_OF_MEMORY', null, hostOf(host));
  if (exit && exit.code !== 0 && exit.restarts >= RESTARTS_MAX) {
    return failed(row, 'CRASH_LOOP', `The machine ended ${exit.restarts + 1} times in a row${exitCode(exit)}.`);
  }
  if (deployment.phase === null) return down(view, exit);
  if (deployment.phase !== 'STARTING_MACHINE') return { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
  if (overdue || deployment.attempts >= STARTS_MAX) {
    return failed(row, 'MACHINE_START_TIMEOUT', `The machine is ${state} and does not start${exitCode(exit)}.`);
  }
  return { kind: 'start-machine', machine: row };
}

/** The machine is started: the status of its host decides. */
function decideHost(
  view: DeploymentView,
  wanted: MachineView,
  serving: boolean,
  overdue: boolean,
  now: Date,
): Decision {
  const { deployment } = view;
  const { row, host } = wanted;
  if (serving) return decideServing(view, wanted, now);
  if (deployment.phase === null || deployment.phase === 'QUEUED' || deployment.phase === 'CREATING_MACHINE') {
    return { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
  }
  if (host === null || host === 'unreachable') {
    return overdue
      ? failed(row, 'MACHINE_UNREACHABLE', 'The machine started, but the host inside it does not answer.')
      : { kind: 'wait', checkAfterMs: POLL_MS };
  }
  switch (host.phase) {
    case 'INSTALLING':
      if (deployment.phase !== 'INSTALLING') return { kind: 'enter-phase', phase: 'INSTALLING' };
      return overdue
        ? failed(row, 'INSTALL_FAILED', 'The installation took too long.', host)
        : { kind: 'wait', checkAfterMs: POLL_MS };
    case 'FAILED':
      return failedHost(row, host);
    case 'STOPPING':
      return overdue
        ? failed(row, 'MACHINE_START_TIMEOUT', 'The machine has been stopping for too long.')
        : { kind: 'wait', checkAfterMs: POLL_MS };
    case 'STARTING_SERVER':
    case 'READY':
      if (isWaking(view.deployment) && host.phase === 'READY' && deployment.phase === 'STARTING_MACHINE') {
        return { kind: 'finish-wake', machine: row };
      }
      if (deployment.phase === 'STARTING_MACHINE' || deployment.phase === 'INSTALLING') {
        return { kind: 'enter-phase', phase: 'STARTING_SERVER' };
      }
      if (deployment.phase === 'STARTING_SERVER') return { kind: 'enter-phase', phase: 'HANDSHAKE' };
      return overdue ? failed(row, 'HANDSHAKE_TIMEOUT', null, host) : { kind: 'handshake', machine: row };
  }
}

function decideServing(view: DeploymentView, wanted: MachineView, now: Date): Decision {
  const { deployment } = view;
  const { row, host, observed } = wanted;
  // A stop and a start instead of a restart: `stopped` is an observable state and survives the death of a worker.
  if (deployment.restartGeneration !== null) return { kind: 'stop-machine', machine: row };
  const check: Decision = { kind: 'check-health', machine: row, remedy: decideRemedy(view, wanted, now) };
  if (host === null || host === 'unreachable') return check;
  switch (host.phase) {
    case 'READY':
      return isIdle(view, host, now) ? { kind: 'fall-asleep', machine: row } : check;
    case 'FAILED':
      return host.lastError && RESTARTABLE_FAILURES.has(host.lastError.code) ? check : failedHost(row, host);
    case 'INSTALLING':
    case 'STARTING_SERVER': {
      // The machine went down and came up again between two looks.
      return down(view, observed.kind === 'present' ? observed.lastExit : null);
    }
    case 'STOPPING':
      return { kind: 'wait', checkAfterMs: SLOW_POLL_MS };
  }
}

/** The machine no longer serves, by itself or because of a requested restart. */
const down = ({ deployment }: DeploymentView, exit: UnrequestedExit | null): Decision => ({
  kind: 'enter-phase',
  phase: 'STARTING_MACHINE',
  ...(deployment.restartGeneration === null ? { setback: { kind: 'ended', exit } } : {}),
});

/** Ignores an exit from before this start was requested. */
const freshExit = ({ deployment }: DeploymentView, exit: UnrequestedExit | null): UnrequestedExit | null => {
  if (exit === null || exit.at === null || deployment.phase === null || deployment.phaseSince === null) return exit;
  return exit.at >= deployment.phaseSince.getTime() ? exit : null;
};

const exitCode = (exit: UnrequestedExit | null): string =>
  exit?.code == null ? '' : `; it ended with exit code ${exit.code}`;

const hostOf = (host: MachineView['host']): HostStatus | null => (host === 'unreachable' ? null : host);

const failedHost = (machine: Machine, host: HostStatus): Decision =>
  failed(
    machine,
    host.lastError?.code ?? 'INTERNAL',
    host.lastError ? null : 'The host failed without a reason.',
    host,
  );
