import type { HostStatus } from '#deploy/host/contract.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { ErrorCode } from '#server/domain/errors.ts';

/** What the Machines API says of one machine: nothing asked or no answer, confirmed gone, or its state. */
export type ObservedMachine =
  | { kind: 'unknown'; reason: string }
  | { kind: 'absent' }
  | {
      kind: 'present';
      state: string;
      hostUnreachable: boolean;
      lastExit: { code: number | null; oom: boolean } | null;
    };

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

/** The next single thing to do for a deployment. Workers act, write, observe again. */
export type Decision =
  | { kind: 'wait'; checkAfterMs: number }
  | { kind: 'rest' }
  | { kind: 'prepare-machine'; releaseId: string }
  | { kind: 'create-machine'; machine: Machine }
  | { kind: 'start-machine'; machine: Machine }
  | { kind: 'restart-machine'; machine: Machine }
  | { kind: 'stop-machine'; machine: Machine }
  | { kind: 'destroy-machine'; machine: Machine }
  | { kind: 'forget-machine'; machine: Machine }
  | { kind: 'recreate-machine'; machine: Machine }
  | { kind: 'enter-phase'; phase: NonNullable<Deployment['phase']> }
  | { kind: 'handshake'; machine: Machine }
  | { kind: 'check-health'; machine: Machine }
  | { kind: 'fail-release'; machine: Machine | null; code: ErrorCode; detail: string | null; host: HostStatus | null }
  | { kind: 'finish-stop' }
  | { kind: 'begin-delete' }
  | { kind: 'finish-delete' };

export const POLL_MS = 100;
export const HEALTH_INTERVAL_MS = 30_000;
/** How long an old machine serves its own sessions after a new release went live. */
export const DRAIN_MS = 10 * 60_000;

/** How long each phase may take before the release fails: a cold image pull takes up to 98 s on Fly, an install minutes. */
export const PHASE_MS_MAX = {
  QUEUED: 10 * 60_000,
  CREATING_MACHINE: 5 * 60_000,
  STARTING_MACHINE: 5 * 60_000,
  INSTALLING: 15 * 60_000,
  STARTING_SERVER: 2 * 60_000,
  HANDSHAKE: 2 * 60_000,
} as const satisfies Record<NonNullable<Deployment['phase']>, number>;

/** Starts of a machine that ended by itself before its release is given up. */
const STARTS_MAX = 3;

const TRANSIENT_STATES = new Set([
  'starting',
  'stopping',
  'suspending',
  'restarting',
  'updating',
  'replacing',
  'migrating',
]);
const STARTABLE_STATES = new Set(['created', 'stopped', 'suspended']);
const GONE_STATES = new Set(['destroyed', 'destroying', 'replaced']);

/** Pure: from what is wanted and what was observed to the one next thing to do. */
export function decide(view: DeploymentView, now: Date): Decision {
  const { deployment } = view;
  switch (deployment.desired) {
    case 'DELETED':
      return decideDelete(view);
    case 'STOPPED':
      return decideStop(view);
    case 'RUNNING':
      return decideRun(view, now);
  }
}

function decideDelete({ deployment, machines }: DeploymentView): Decision {
  if (deployment.status !== 'DELETING') return { kind: 'begin-delete' };
  return removeAll(machines) ?? { kind: 'finish-delete' };
}

function decideStop({ deployment, machines }: DeploymentView): Decision {
  const current = machines.find((machine) => machine.row.releaseId === deployment.currentReleaseId);
  const others = machines.filter((machine) => machine !== current);
  const removal = removeAll(others);
  if (removal) return removal;
  if (current && current.observed.kind !== 'absent') {
    if (!current.row.machineId) return remove(current);
    if (current.observed.kind === 'unknown') return { kind: 'wait', checkAfterMs: 1_000 };
    if (['stopping', 'suspending'].includes(current.observed.state)) return { kind: 'wait', checkAfterMs: POLL_MS };
    if (
      !['stopped', 'created', 'suspended', 'failed'].includes(current.observed.state) &&
      !GONE_STATES.has(current.observed.state)
    ) {
      return { kind: 'stop-machine', machine: current.row };
    }
  }
  return deployment.status === 'STOPPED' ? { kind: 'rest' } : { kind: 'finish-stop' };
}

function decideRun(view: DeploymentView, now: Date): Decision {
  const { deployment, target, machines } = view;
  if (deployment.status === 'FAILED') return removeAll(machines) ?? { kind: 'rest' };
  if (!target)
    return { kind: 'fail-release', machine: null, code: 'INTERNAL', detail: 'It has no release.', host: null };

  const rollingOut = target.id !== deployment.currentReleaseId;
  const wanted = machines.find((machine) => machine.row.releaseId === target.id);
  const surplus = machines.filter(
    (machine) =>
      machine !== wanted &&
      machine.row.releaseId !== deployment.currentReleaseId &&
      (!machine.row.drainingAt || now.getTime() - machine.row.drainingAt.getTime() >= DRAIN_MS),
  );
  const removal = removeAll(surplus);
  if (removal && !rollingOut) return removal;
  if (!wanted) return { kind: 'prepare-machine', releaseId: target.id };
  return decideMachine(view, wanted, rollingOut, now);
}

function decideMachine(view: DeploymentView, wanted: MachineView, rollingOut: boolean, now: Date): Decision {
  const { deployment } = view;
  const { row, observed } = wanted;
  const serving = !rollingOut && deployment.phase === null;
  const tooLong = overdue(deployment, now);

  if (!row.machineId) {
    if (deployment.phase !== 'CREATING_MACHINE') return { kind: 'enter-phase', phase: 'CREATING_MACHINE' };
    if (tooLong) return failed(row, 'MACHINE_START_TIMEOUT', 'The machine could not be created in time.');
    return { kind: 'create-machine', machine: row };
  }
  if (observed.kind === 'unknown') {
    if (serving) return { kind: 'check-health', machine: row };
    return tooLong ? failed(row, 'MACHINE_UNREACHABLE', observed.reason) : { kind: 'wait', checkAfterMs: 1_000 };
  }
  if (observed.kind === 'absent' || GONE_STATES.has(observed.state)) {
    return observed.kind === 'absent' || observed.state !== 'destroying'
      ? { kind: 'recreate-machine', machine: row }
      : { kind: 'wait', checkAfterMs: POLL_MS };
  }
  if (observed.state === 'failed' || observed.state === 'launch_failed') {
    return failed(row, 'MACHINE_START_TIMEOUT', 'The machine did not start.');
  }
  if (observed.lastExit?.oom && STARTABLE_STATES.has(observed.state)) {
    return failed(row, 'OUT_OF_MEMORY', null, hostOf(wanted));
  }
  if (STARTABLE_STATES.has(observed.state)) {
    if (deployment.phase !== 'STARTING_MACHINE') return { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
    if (tooLong || deployment.attempts >= STARTS_MAX) {
      return failed(row, 'MACHINE_START_TIMEOUT', `The machine is ${observed.state} and does not start.`);
    }
    return { kind: 'start-machine', machine: row };
  }
  if (TRANSIENT_STATES.has(observed.state)) {
    if (deployment.phase === null) return { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
    return tooLong
      ? failed(row, 'MACHINE_START_TIMEOUT', `The machine has been ${observed.state} for too long.`)
      : { kind: 'wait', checkAfterMs: POLL_MS };
  }
  return decideHost(view, wanted, serving, tooLong);
}

/** The machine is started: what its host says decides. */
function decideHost({ deployment }: DeploymentView, wanted: MachineView, serving: boolean, tooLong: boolean): Decision {
  const { row, host } = wanted;
  if (serving) {
    if (deployment.restartGeneration !== null) return { kind: 'restart-machine', machine: row };
    if (host !== null && host !== 'unreachable' && host.phase === 'FAILED') return failedHost(row, host);
    return { kind: 'check-health', machine: row };
  }
  if (deployment.phase === null || deployment.phase === 'QUEUED' || deployment.phase === 'CREATING_MACHINE') {
    return { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
  }
  if (host === null || host === 'unreachable') {
    return tooLong
      ? failed(row, 'MACHINE_UNREACHABLE', 'The machine started, but the host inside it does not answer.')
      : { kind: 'wait', checkAfterMs: POLL_MS };
  }
  switch (host.phase) {
    case 'INSTALLING':
      if (deployment.phase !== 'INSTALLING') return { kind: 'enter-phase', phase: 'INSTALLING' };
      return tooLong
        ? failed(row, 'INSTALL_FAILED', 'The installation took too long.', host)
        : { kind: 'wait', checkAfterMs: POLL_MS };
    case 'FAILED':
      return failedHost(row, host);
    case 'STOPPING':
      return { kind: 'wait', checkAfterMs: POLL_MS };
    case 'STARTING_SERVER':
    case 'READY':
      if (deployment.phase === 'STARTING_MACHINE' || deployment.phase === 'INSTALLING') {
        return { kind: 'enter-phase', phase: 'STARTING_SERVER' };
      }
      if (deployment.phase === 'STARTING_SERVER') return { kind: 'enter-phase', phase: 'HANDSHAKE' };
      return tooLong ? failed(row, 'HANDSHAKE_TIMEOUT', null, host) : { kind: 'handshake', machine: row };
  }
}

const hostOf = ({ host }: MachineView): HostStatus | null => (host === 'unreachable' ? null : host);

const failed = (
  machine: Machine,
  code: ErrorCode,
  detail: string | null,
  host: HostStatus | null = null,
): Decision => ({
  kind: 'fail-release',
  machine,
  code,
  detail,
  host,
});

const failedHost = (machine: Machine, host: HostStatus): Decision =>
  failed(
    machine,
    host.lastError?.code ?? 'INTERNAL',
    host.lastError ? null : 'The host failed without a reason.',
    host,
  );

const overdue = ({ phase, phaseSince }: Deployment, now: Date): boolean =>
  phase !== null && phaseSince !== null && now.getTime() - phaseSince.getTime() > PHASE_MS_MAX[phase];

/** The first step towards none of these machines being there; null when they are all gone. */
function removeAll(machines: MachineView[]): Decision | null {
  const [first] = machines;
  return first ? remove(first) : null;
}

/** A row is forgotten only when its machine is confirmed gone; one that may have been created is looked for first. */
function remove({ row, observed }: MachineView): Decision {
  if (observed.kind === 'unknown') return { kind: 'wait', checkAfterMs: 1_000 };
  if (observed.kind === 'absent' || observed.state === 'destroyed') return { kind: 'forget-machine', machine: row };
  if (observed.state === 'destroying') return { kind: 'wait', checkAfterMs: POLL_MS };
  return { kind: 'destroy-machine', machine: row };
}
