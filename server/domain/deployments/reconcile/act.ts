import type { Deployment } from '#prisma/generated/client/client.ts';
import { unreachable } from '#server/domain/assert-never.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { readManagers } from '#server/domain/sharing/announce.ts';
import { type TransitionGuard, type TransitionTo, transition } from '../rows/transition.ts';
import { isWaking, PHASE_MESSAGES } from '../status.ts';
import { abandonMachine } from './abandon.ts';
import { completeHandshake } from './act-handshake.ts';
import {
  createMachine,
  destroyMachine,
  forgetMachine,
  prepareMachine,
  recreateMachine,
  startMachine,
  stopMachine,
} from './act-machine.ts';
import { fallAsleep, finishWake, suspendMachine, wakeCurrent } from './act-sleep.ts';
import type { Decision } from './decision.ts';
import { failureOf, fromHostFailure } from './failures.ts';
import type { Fleet } from './fleet.ts';
import { checkHealth } from './health.ts';
import { failRelease, phaseStatus, recordTiming } from './roll-out.ts';
import { reportDown, setBack } from './setbacks.ts';
import { type ActDeps, AGAIN, type Next, retryLater, type Step, SUPERSEDED, saveLogsQuietly } from './step.ts';
import { throttledNote } from './throttling.ts';
import { type DeploymentView, isRollingOut } from './view.ts';

/** Carries out one decision and writes the result. Throws unexpected errors only. */
export async function act(
  deps: ActDeps,
  view: DeploymentView,
  decision: Decision,
  fleet: Fleet,
  guard: TransitionGuard,
  signal: AbortSignal,
): Promise<Next> {
  const { deployment } = view;
  const write = (to: TransitionTo): Promise<boolean> =>
    deps.database.transaction((tx) => transition(tx, deps.events, deployment, to, guard, deps.now()));
  const written = async (to: TransitionTo): Promise<Next> => ((await write(to)) ? AGAIN : SUPERSEDED);
  const step: Step = { deps, view, fleet, guard, signal, write };

  switch (decision.kind) {
    case 'wait':
      return { kind: 'wait', checkAfterMs: decision.checkAfterMs };
    case 'wait-for-api':
      return retryLater(decision.reason);
    case 'rest':
      return { kind: 'rest' };
    case 'enter-phase': {
      await saveWantedLogs(step);
      if (decision.setback) return setBack(step, decision.setback, decision.phase);
      await recordTiming(deps, deployment, view.target?.id ?? null);
      return written({
        ...phaseStatus(view),
        phase: decision.phase,
        message: messageOf(view, decision.phase) + noteOf(view, decision.phase),
      });
    }
    case 'prepare-machine':
      return prepareMachine(step);
    case 'create-machine':
      return createMachine(step, decision.machine);
    case 'start-machine':
      return startMachine(step, decision.machine);
    case 'stop-machine':
      await saveLogsQuietly(deps, decision.machine, signal);
      return stopMachine(step, decision.machine);
    case 'suspend-machine':
      return suspendMachine(step, decision.machine);
    case 'destroy-machine':
      await saveLogsQuietly(deps, decision.machine, signal);
      return destroyMachine(step, decision.machine);
    case 'forget-machine':
      return forgetMachine(step, decision.machine);
    case 'recreate-machine':
      return recreateMachine(step, decision.machine);
    case 'abandon-machine':
      return abandonMachine(step, decision.machine);
    case 'handshake':
      return completeHandshake(step, decision.machine);
    case 'check-health':
      return checkHealth(step, decision.machine, decision.remedy);
    case 'report-down':
      return reportDown(step, decision.setback);
    case 'fall-asleep':
      return fallAsleep(step, decision.machine);
    case 'finish-wake':
      return finishWake(step, decision.machine);
    case 'wake-current':
      return wakeCurrent(step, decision.machine, decision.state);
    case 'fail-release': {
      if (decision.machine) await saveLogsQuietly(deps, decision.machine, signal);
      const about = { release: view.target, host: decision.host };
      const failure = decision.host?.lastError
        ? fromHostFailure(decision.host.lastError, about)
        : failureOf(decision.code, decision.detail, null, deps.now(), about);
      return (await failRelease(deps, view, failure, guard)) ? AGAIN : SUPERSEDED;
    }
    case 'finish-stop':
      return written({
        status: 'STOPPED',
        phase: null,
        // Why it had failed is still worth knowing: the next start clears it.
        ...(deployment.status === 'FAILED' ? {} : { failure: null }),
        message: 'Stopped.',
        columns: { observedGeneration: guard.generation, healthFailures: 0 },
      });
    case 'begin-delete':
      return written({ status: 'DELETING', phase: null, message: 'Deleting the machine.' });
    case 'finish-delete':
      // Before the row goes: if this fails, the deletion is tried again.
      await fleet.kept?.remove(deployment.id);
      await deps.letGo?.(deployment.id);
      return finishDelete(deps, deployment, guard);
    default:
      return unreachable(decision);
  }
}

const messageOf = (view: DeploymentView, phase: NonNullable<Deployment['phase']>): string => {
  const isRestart = view.deployment.restartGeneration !== null && !isRollingOut(view);
  if (phase === 'STARTING_MACHINE' && isRestart) return 'Restarting the machine.';
  if (phase === 'INSTALLING' && isWaking(view.deployment)) {
    return 'The memory of the machine was lost. Starting cold and installing the package again.';
  }
  return PHASE_MESSAGES[phase];
};

/** The processor was throttled while the package was installed. */
const noteOf = ({ target, machines }: DeploymentView, phase: NonNullable<Deployment['phase']>): string => {
  if (phase !== 'STARTING_SERVER' || target === null) return '';
  const host = machines.find(({ row }) => row.releaseId === target.id)?.host ?? null;
  return host === null || host === 'unreachable'
    ? ''
    : throttledNote(host.heldBack?.install, 'while the package was installed', target);
};

/** Invariant 5: the row goes only when every machine is confirmed gone. */
async function finishDelete(deps: ActDeps, deployment: Deployment, guard: TransitionGuard): Promise<Next> {
  const done = await deps.database.transaction(async (tx) => {
    const managers = await readManagers(tx, deployment);
    const { count } = await tx.deployment.deleteMany({
      where: { id: deployment.id, leaseOwner: guard.leaseOwner, generation: guard.generation, machines: { none: {} } },
    });
    if (count === 0) return false;
    const entry = { type: 'deployment.status', from: deployment.status, to: 'DELETED' } as const;
    await writeAudit(tx, { actor: 'system', ownerId: deployment.ownerId }, entry, deployment.id, deployment.name);
    await deps.events.publish(tx, 'deployment', deployment.id);
    for (const userId of managers) await deps.events.publish(tx, 'deployments', userId);
    await deps.events.publish(tx, 'access', deployment.id);
    return true;
  });
  return done ? { kind: 'rest' } : SUPERSEDED;
}

async function saveWantedLogs({ deps, view, signal }: Step): Promise<void> {
  for (const { row, host } of view.machines) if (host !== null) await saveLogsQuietly(deps, row, signal);
}
