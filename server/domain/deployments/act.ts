import { isAmbiguous, isNameTaken, isNotFound, isPrecondition, MachinesError } from '#deploy/fly/errors.ts';
import type { Database } from '#prisma/client.ts';
import type { Deployment, Machine } from '#prisma/generated/client/client.ts';
import { unreachable } from '#server/domain/assert-never.ts';
import type { Events } from '#server/domain/events.ts';
import { type Decision, type DeploymentView, POLL_MS } from './decide.ts';
import { failureOf, fromHostFailure, fromMachinesError } from './failures.ts';
import type { Handshake } from './handshake.ts';
import { checkHealth, type HealthDeps } from './health.ts';
import { CREATE_REQUESTED, machineName } from './machine-names.ts';
import { planMachine } from './machine-plan.ts';
import type { DeploymentFailure } from './model.ts';
import { hostTarget, type ObserveDeps, remember } from './observe.ts';
import { failRelease, goLive, recordTiming } from './roll-out.ts';
import { PHASE_MESSAGES } from './status.ts';
import { type TransitionGuard, type TransitionTo, transition } from './transition.ts';
import type { Workplace } from './workplace.ts';

export type ActDeps = ObserveDeps &
  HealthDeps & {
    database: Pick<Database, 'prisma' | 'transaction'>;
    events: Events;
    handshake: Handshake;
    now: () => Date;
    /** Takes what the machine's host has logged so far into the database. */
    saveLogs(machine: Machine, signal: AbortSignal): Promise<void>;
  };

/** When to look again: at once, after a while, or not before a new intent. `lost`: somebody else has the row now. */
export type Next = { kind: 'again' } | { kind: 'wait'; checkAfterMs: number } | { kind: 'rest' } | { kind: 'lost' };

const AGAIN: Next = { kind: 'again' };
const LOST: Next = { kind: 'lost' };
const BACKOFF_MS_MAX = 15_000;
const STOP_TIMEOUT_SECONDS = 10;

/** Carries out one decision and writes what came of it. Throws only what nobody expected. */
export async function act(
  deps: ActDeps,
  view: DeploymentView,
  decision: Decision,
  place: Workplace,
  guard: TransitionGuard,
  signal: AbortSignal,
): Promise<Next> {
  const { deployment } = view;
  const write = (to: TransitionTo): Promise<boolean> =>
    deps.database.transaction((tx) => transition(tx, deps.events, deployment, to, guard, deps.now()));
  const written = async (to: TransitionTo): Promise<Next> => ((await write(to)) ? AGAIN : LOST);

  switch (decision.kind) {
    case 'wait':
      return { kind: 'wait', checkAfterMs: decision.checkAfterMs };
    case 'rest':
      return { kind: 'rest' };
    case 'enter-phase':
      await saveWantedLogs(deps, view, signal);
      await recordTiming(deps, deployment, view.target?.id ?? null);
      return written({
        status:
          deployment.currentReleaseId === view.target?.id || !servesStill(deployment) ? 'DEPLOYING' : deployment.status,
        phase: decision.phase,
        message: PHASE_MESSAGES[decision.phase],
        releaseId: view.target?.id ?? null,
      });
    case 'prepare-machine':
      return prepareMachine(deps, view, place);
    case 'create-machine':
      return createMachine(deps, view, decision.machine, place, guard, signal);
    case 'start-machine':
      return attempt(deps, view, place, guard, signal, decision.machine, async (machineId) => {
        await deps.prisma.deployment.update({ where: { id: deployment.id }, data: { attempts: { increment: 1 } } });
        await place.machines.start(decision.machine.app, machineId, { signal });
      });
    case 'restart-machine': {
      await saveWantedLogs(deps, view, signal);
      const restarted = await attempt(deps, view, place, guard, signal, decision.machine, (machineId) =>
        place.machines.restart(decision.machine.app, machineId, {}, { signal }),
      );
      if (restarted.kind !== 'again') return restarted;
      return written({
        status: 'DEPLOYING',
        phase: 'STARTING_MACHINE',
        message: 'Restarting the machine.',
        columns: { restartGeneration: null },
      });
    }
    case 'stop-machine':
      await saveWantedLogs(deps, view, signal);
      return attempt(deps, view, place, guard, signal, decision.machine, (machineId) =>
        place.machines.stop(decision.machine.app, machineId, { timeoutSeconds: STOP_TIMEOUT_SECONDS }, { signal }),
      );
    case 'destroy-machine':
      return destroyMachine(deps, decision.machine, place, signal);
    case 'forget-machine':
      await deps.prisma.machine.deleteMany({ where: { id: decision.machine.id } });
      return AGAIN;
    case 'recreate-machine':
      await deps.prisma.machine.update({ where: { id: decision.machine.id }, data: NO_MACHINE });
      return written({
        status: 'DEPLOYING',
        phase: 'CREATING_MACHINE',
        message: 'The machine is gone. Creating a new one.',
      });
    case 'handshake':
      return shakeHands(deps, view, decision.machine, place, guard, signal);
    case 'check-health':
      return checkHealth(deps, view, decision.machine, place, write, signal);
    case 'fail-release': {
      if (decision.machine) await saveLogsQuietly(deps, decision.machine, signal);
      const failure = decision.host?.lastError
        ? fromHostFailure(decision.host.lastError)
        : failureOf(decision.code, decision.detail, null, deps.now());
      return (await failRelease(deps, view, failure, guard)) ? AGAIN : LOST;
    }
    case 'finish-stop':
      return written({
        status: 'STOPPED',
        phase: null,
        failure: null,
        message: 'Stopped.',
        columns: { observedGeneration: guard.generation, healthFailures: 0 },
      });
    case 'begin-delete':
      return written({ status: 'DELETING', phase: null, message: 'Deleting the machine.' });
    case 'finish-delete':
      return finishDelete(deps, deployment, guard);
    default:
      return unreachable(decision);
  }
}

const NO_MACHINE = { machineId: null, state: null, address: null, instanceId: null, logCursor: null };

const servesStill = ({ status }: Deployment): boolean => status === 'RUNNING' || status === 'UNHEALTHY';

/** Invariant 1: the row exists before the machine. */
async function prepareMachine(deps: ActDeps, view: DeploymentView, place: Workplace): Promise<Next> {
  const { deployment, target } = view;
  if (!target) return AGAIN;
  await deps.prisma.machine.create({
    data: {
      deploymentId: deployment.id,
      releaseId: target.id,
      app: place.app,
      name: machineName(deployment.id, target.number),
      configHash: '',
      region: target.region,
    },
  });
  return AGAIN;
}

/**
 * Says in the row that a create is on its way, creates, stores the id: whatever dies in between, the next worker
 * looks for the machine by its metadata before it creates another one.
 */
async function createMachine(
  deps: ActDeps,
  view: DeploymentView,
  machine: Machine,
  place: Workplace,
  guard: TransitionGuard,
  signal: AbortSignal,
): Promise<Next> {
  const { target, deployment } = view;
  if (!target) return AGAIN;
  const config = await planMachine(deps, target, place);
  const { count } = await deps.prisma.deployment.updateMany({
    where: { id: deployment.id, leaseOwner: guard.leaseOwner, generation: guard.generation },
    data: { attempts: { increment: 1 } },
  });
  if (count === 0) return LOST;
  const row = await deps.prisma.machine.update({ where: { id: machine.id }, data: { state: CREATE_REQUESTED } });
  try {
    const created = await place.machines.create(row.app, { name: row.name, region: row.region, config }, { signal });
    await remember(deps.prisma, row, created, place);
    return AGAIN;
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error;
    if (isAmbiguous(error) || isNameTaken(error)) return backoff(deployment);
    await deps.prisma.machine.update({ where: { id: row.id }, data: { state: null } });
    return refused(deps, view, error, guard);
  }
}

/** A call to a machine that exists: what stands in the way passes, is waited for, or fails the release. */
async function attempt(
  deps: ActDeps,
  view: DeploymentView,
  _place: Workplace,
  guard: TransitionGuard,
  _signal: AbortSignal,
  machine: Machine,
  call: (machineId: string) => Promise<unknown>,
): Promise<Next> {
  if (machine.machineId === null) return AGAIN;
  try {
    await call(machine.machineId);
    return AGAIN;
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error;
    if (isNotFound(error)) return AGAIN; // the next observation says so
    if (isPrecondition(error)) return { kind: 'wait', checkAfterMs: POLL_MS };
    return refused(deps, view, error, guard);
  }
}

async function refused(
  deps: ActDeps,
  view: DeploymentView,
  error: MachinesError,
  guard: TransitionGuard,
): Promise<Next> {
  const failure = fromMachinesError(error, view.deployment.attempts, deps.now());
  if (failure === null || view.deployment.desired !== 'RUNNING') return backoff(view.deployment);
  return (await failRelease(deps, view, failure, guard)) ? AGAIN : LOST;
}

const backoff = ({ attempts }: Deployment): Next => ({
  kind: 'wait',
  checkAfterMs: Math.min(250 * 2 ** attempts, BACKOFF_MS_MAX),
});

async function destroyMachine(deps: ActDeps, machine: Machine, place: Workplace, signal: AbortSignal): Promise<Next> {
  if (machine.machineId === null) return AGAIN;
  await saveLogsQuietly(deps, machine, signal);
  try {
    await place.machines.delete(machine.app, machine.machineId, { force: true, signal });
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error;
    return { kind: 'wait', checkAfterMs: 2_000 };
  }
  await deps.prisma.machine.updateMany({ where: { id: machine.id }, data: { destroyAt: deps.now(), address: null } });
  return { kind: 'wait', checkAfterMs: POLL_MS };
}

/** Invariant 4: the release goes live with the answer to a real handshake, and with nothing less. */
async function shakeHands(
  deps: ActDeps,
  view: DeploymentView,
  machine: Machine,
  place: Workplace,
  guard: TransitionGuard,
  signal: AbortSignal,
): Promise<Next> {
  const { target } = view;
  if (!target) return AGAIN;
  const host = await hostTarget(deps.envelopes, machine, target, place);
  if (!host) return { kind: 'wait', checkAfterMs: POLL_MS };
  const startedAt = deps.now();
  try {
    const snapshot = await deps.handshake.snapshot(host, signal);
    await saveLogsQuietly(deps, machine, signal);
    return (await goLive(deps, view, machine, snapshot, guard)) ? AGAIN : LOST;
  } catch (error) {
    signal.throwIfAborted();
    await saveLogsQuietly(deps, machine, signal);
    const failure = await explainHandshake(deps, host, error, startedAt, signal);
    if (failure === null) return { kind: 'wait', checkAfterMs: 500 };
    return (await failRelease(deps, view, failure, guard)) ? AGAIN : LOST;
  }
}

/** The host knows why a handshake failed; null when it cannot be asked: then the machine itself is looked at again. */
async function explainHandshake(
  deps: ActDeps,
  host: Parameters<Handshake['snapshot']>[0],
  error: unknown,
  startedAt: Date,
  signal: AbortSignal,
): Promise<DeploymentFailure | null> {
  try {
    const { lastError, phase } = await deps.host.status(host, signal);
    if (lastError && (phase === 'FAILED' || new Date(lastError.at) >= startedAt)) return fromHostFailure(lastError);
  } catch {
    signal.throwIfAborted();
    return null;
  }
  const text = error instanceof Error ? error.message : String(error);
  return failureOf('NO_HANDSHAKE', `The server did not complete the handshake: ${text}`, null, deps.now());
}

/** Invariant 5: only when every machine is confirmed gone. Events are told first, since the rows go with it. */
async function finishDelete(deps: ActDeps, deployment: Deployment, guard: TransitionGuard): Promise<Next> {
  const done = await deps.database.transaction(async (tx) => {
    const { count } = await tx.deployment.deleteMany({
      where: { id: deployment.id, leaseOwner: guard.leaseOwner, generation: guard.generation, machines: { none: {} } },
    });
    if (count === 0) return false;
    await deps.events.publish(tx, 'deployment', deployment.id);
    await deps.events.publish(tx, 'deployments', deployment.ownerId);
    await deps.events.publish(tx, 'access', deployment.id);
    return true;
  });
  return done ? { kind: 'rest' } : LOST;
}

async function saveWantedLogs(deps: ActDeps, view: DeploymentView, signal: AbortSignal): Promise<void> {
  for (const { row, host } of view.machines) if (host !== null) await saveLogsQuietly(deps, row, signal);
}

/** Logs are a service to the owner: that they cannot be fetched now must not hold up the deployment. */
async function saveLogsQuietly(deps: ActDeps, machine: Machine, signal: AbortSignal): Promise<void> {
  try {
    await deps.saveLogs(machine, signal);
  } catch {
    signal.throwIfAborted();
  }
}
