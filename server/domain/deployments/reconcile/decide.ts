import { isAsleep, isServing, isServingWithFailure } from '../status.ts';
import { ABANDONED_CHECK_MS, isAbandoned } from './decide-abandon.ts';
import { decideMachine } from './decide-machine.ts';
import { decideAsleep } from './decide-sleep.ts';
import {
  type Decision,
  DRAIN_MS,
  failed,
  HEALTH_INTERVAL_MS,
  LINGERING_MS,
  POLL_MS,
  SLOW_POLL_MS,
} from './decision.ts';
import {
  type DeploymentView,
  isBroken,
  isDown,
  isGone,
  isGoneState,
  isMoving,
  isRollingOut,
  type MachineView,
  stateOf,
} from './view.ts';

export type DecideOptions = { healthIntervalMs?: number };

/** Pure: decides the next thing to do from the desired state and the observation. */
export function decide(view: DeploymentView, now: Date, options: DecideOptions = {}): Decision {
  if (view.deployment.desired === 'DELETED') return decideDelete(view, now);
  const abandoned = view.machines.filter(isAbandoned);
  const kept = abandoned.length === 0 ? view : { ...view, machines: view.machines.filter((one) => !isAbandoned(one)) };
  const decision =
    removePossible(abandoned, now) ??
    (view.deployment.desired === 'STOPPED'
      ? decideStop(kept, now)
      : decideRun(kept, now, options.healthIntervalMs ?? HEALTH_INTERVAL_MS));
  return decision.kind === 'rest' && abandoned.length > 0
    ? { kind: 'wait', checkAfterMs: ABANDONED_CHECK_MS }
    : decision;
}

function decideDelete({ deployment, machines }: DeploymentView, now: Date): Decision {
  if (deployment.status !== 'DELETING') return { kind: 'begin-delete' };
  return removeAll(machines, now) ?? { kind: 'finish-delete' };
}

/** Keeps the machine of the current release, stopped, because it starts quickly. Removes all others. */
function decideStop({ deployment, machines }: DeploymentView, now: Date): Decision {
  const current = machines.find(({ row }) => row.releaseId === deployment.currentReleaseId);
  const removal = removeAll(
    machines.filter((machine) => machine !== current),
    now,
  );
  if (removal) return removal;
  const stopping = current ? stop(current) : null;
  if (stopping) return stopping;
  return deployment.status === 'STOPPED' ? { kind: 'rest' } : { kind: 'finish-stop' };
}

function stop(machine: MachineView): Decision | null {
  const { row, observed } = machine;
  if (observed.kind === 'unknown') return { kind: 'wait-for-api', reason: observed.reason };
  if (observed.kind === 'absent' || isGone(machine)) return { kind: 'forget-machine', machine: row };
  const { state } = observed;
  if (isGoneState(state) || isBroken(state) || state === 'stopped') return null;
  // A machine in state `created` cannot be stopped and would start by itself; nothing is lost with it.
  if (state === 'created') return { kind: 'destroy-machine', machine: row };
  if (state === 'stopping' || state === 'suspending') return { kind: 'wait', checkAfterMs: POLL_MS };
  // A suspended machine is stopped too: a start after a stop must not continue with its old memory.
  if (['started', 'starting', 'restarting', 'suspended'].includes(state)) {
    return { kind: 'stop-machine', machine: row };
  }
  return isMoving(state)
    ? { kind: 'wait', checkAfterMs: SLOW_POLL_MS }
    : { kind: 'wait-for-api', reason: `The machine is ${state}.` };
}

function decideRun(view: DeploymentView, now: Date, healthIntervalMs: number): Decision {
  const { deployment, target, machines } = view;
  if (deployment.status === 'FAILED') return removeAll(machines, now) ?? { kind: 'rest' };
  if (!target) return failed(null, 'INTERNAL', 'The deployment has no release.');

  const rollingOut = isRollingOut(view);
  const wanted = machines.find(({ row }) => row.releaseId === target.id);
  const current = machines.find(({ row }) => row.releaseId === deployment.currentReleaseId);
  const surplus = machines.filter((machine) => machine !== wanted && machine !== current && isSurplus(machine, now));
  const removal = removePossible(surplus, now);
  if (removal) return removal;
  const watched = rollingOut && current ? watchCurrent(view, current, now, healthIntervalMs) : null;
  if (watched && watched.kind !== 'check-health') return watched;
  if (isAsleep(deployment) && !rollingOut && deployment.phase === null) {
    const asleep = decideAsleep(view, wanted);
    return asleep.kind === 'rest' ? (removeAll(surplus, now) ?? asleep) : asleep; // after a rest there is no further look
  }
  if (!wanted) return { kind: 'prepare-machine', releaseId: target.id };
  const next = decideMachine(view, wanted, now);
  // A machine that does not answer makes its checks slow. They fill the waits of the rollout, and never hold it up.
  return watched && (next.kind === 'wait' || next.kind === 'wait-for-api') ? watched : next;
}

/** Machines of older releases go when their time is over, when they are down, or when they never served. */
const isSurplus = (machine: MachineView, now: Date): boolean =>
  machine.row.drainingAt === null || isDown(machine) || now.getTime() - machine.row.drainingAt.getTime() >= DRAIN_MS;

/** Watches the serving release while a new one comes up, so that its status stays true. */
function watchCurrent(
  { deployment }: DeploymentView,
  current: MachineView,
  now: Date,
  healthIntervalMs: number,
): Decision | null {
  if (isAsleep(deployment) && deployment.wakeAskedAt !== null) {
    const state = stateOf(current);
    return state === null || isMoving(state) ? null : { kind: 'wake-current', machine: current.row, state };
  }
  if (!isServing(deployment)) return null;
  if (isDown(current)) {
    if (isServingWithFailure(deployment)) return null; // reported already
    const exit = current.observed.kind === 'present' ? current.observed.lastExit : null;
    return { kind: 'report-down', setback: isGone(current) ? { kind: 'lost' } : { kind: 'ended', exit } };
  }
  const lastGood = deployment.lastHealthyAt ?? deployment.createdAt;
  const dueAt = lastGood.getTime() + healthIntervalMs * (deployment.healthFailures + 1);
  const wasSetBack = lastGood.getTime() - now.getTime() > healthIntervalMs; // the clock was
  return now.getTime() >= dueAt || wasSetBack ? { kind: 'check-health', machine: current.row, remedy: null } : null;
}

/** The first step of removing all these machines; null when they are all gone. */
function removeAll(machines: MachineView[], now: Date): Decision | null {
  const [first] = machines;
  return removePossible(machines, now) ?? (first ? remove(first, now) : null);
}

/** The first removal that is possible now: machines that must be waited for delay neither the others nor the serving one. */
function removePossible(machines: MachineView[], now: Date): Decision | null {
  for (const machine of machines) {
    if (machine.observed.kind === 'present' && machine.observed.hostUnreachable) continue;
    const step = remove(machine, now);
    if (step.kind === 'destroy-machine' || step.kind === 'forget-machine') return step;
  }
  return null;
}

/** Forgets a row only when its machine is confirmed gone; a machine that may have been created is looked for first. */
function remove({ row, observed }: MachineView, now: Date): Decision {
  if (observed.kind === 'unknown') return { kind: 'wait-for-api', reason: observed.reason };
  if (observed.kind === 'absent' || observed.state === 'destroyed') return { kind: 'forget-machine', machine: row };
  if (observed.state === 'destroying') {
    return row.destroyAt !== null && now.getTime() - row.destroyAt.getTime() > LINGERING_MS
      ? { kind: 'wait-for-api', reason: 'The machine is being destroyed, but still exists.' }
      : { kind: 'wait', checkAfterMs: POLL_MS };
  }
  return { kind: 'destroy-machine', machine: row };
}
