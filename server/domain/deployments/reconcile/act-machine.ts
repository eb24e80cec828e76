import { isAmbiguous, isNameTaken, isNotFound, isPrecondition, MachinesError } from '#deploy/fly/errors.ts';
import type { Machine as ApiMachine } from '#deploy/fly/wire.ts';
import { type Deployment, type Machine, Prisma } from '#prisma/generated/client/client.ts';
import { appWithoutMachine } from '#server/domain/catalog.ts';
import { isComingUp } from '../status.ts';
import { machineBackoffMs } from './backoff.ts';
import { createFromImage } from './create-from-image.ts';
import { isAbandoned } from './decide-abandon.ts';
import { LINGERING_MS, POLL_MS, SLOW_POLL_MS } from './decision.ts';
import { fromMachinesError } from './failures.ts';
import { CREATE_REQUESTED, freeMachineName } from './machine-names.ts';
import { planMachine } from './machine-plan.ts';
import { RowChangedError, saveObservation } from './machine-row.ts';
import { failRelease } from './roll-out.ts';
import { setBack } from './setbacks.ts';
import { AGAIN, type Next, retryLater, type Step, SUPERSEDED } from './step.ts';

const STOP_TIMEOUT_SECONDS = 10;
/** A worker keeps its row for so long. */
const STARTED_WAIT_MS = 2_000;
const NAME_TAKEN = 'P2002';

/** Invariant 1: the row exists before the machine. */
export async function prepareMachine({ deps, view, fleet }: Step): Promise<Next> {
  const { deployment, target } = view;
  if (!target) return AGAIN;
  // Keep the app after its rows: the leak sweep lists the machines of every known app.
  const taken = new Set(view.machines.filter(isAbandoned).map(({ row }) => row.name));
  const without = appWithoutMachine(target.runtime);
  const app = without ?? fleet.app;
  if (without === null)
    await deps.prisma.machineApp.createMany({ data: [{ app, ownerId: deployment.ownerId }], skipDuplicates: true });
  try {
    await deps.prisma.machine.create({
      data: {
        deploymentId: deployment.id,
        releaseId: target.id,
        app,
        name: freeMachineName(deployment.id, target.number, taken),
        configHash: '',
        region: target.region,
      },
    });
  } catch (error) {
    const known = error instanceof Prisma.PrismaClientKnownRequestError && error.code === NAME_TAKEN;
    if (!known) throw error; // otherwise another worker was faster
  }
  return AGAIN;
}

/**
 * Notes in the row that a create is on its way, creates, then stores the id. When a worker dies in between, the next one
 * looks for the machine by its metadata before it creates another one.
 */
export async function createMachine(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, fleet } = step;
  const { target, deployment } = view;
  if (!target) return AGAIN;
  const config = await planMachine(deps, target, fleet, machine.app);
  if (!(await countAttempt(step))) return SUPERSEDED;
  const { count } = await deps.prisma.machine.updateMany({
    where: { id: machine.id, machineId: null },
    // The clock of the deployments, not the database client's: CREATE_SETTLE_MS counts from here.
    data: { state: CREATE_REQUESTED, updatedAt: deps.now() },
  });
  if (count === 0) return SUPERSEDED;
  const row = { ...machine, state: CREATE_REQUESTED };
  let created: ApiMachine;
  try {
    created = await createFromImage(step, row, target, config);
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error;
    if (isAmbiguous(error) || isNameTaken(error)) return backoff(deployment);
    // A refusal proves that nothing was created, unless an earlier create got no answer.
    if (machine.state !== CREATE_REQUESTED)
      await deps.prisma.machine.updateMany({ where: { id: row.id, machineId: null }, data: { state: null } });
    return refused(step, error, async () => true); // counted before it was tried
  }
  return keepCreated(step, row, created);
}

/** Invariant 2: the id is stored before anything waits. Deletes the machine when its row is gone or has another one. */
async function keepCreated({ deps, fleet, signal }: Step, row: Machine, created: ApiMachine): Promise<Next> {
  try {
    await saveObservation(deps, row, created, fleet);
    return AGAIN;
  } catch (error) {
    if (!(error instanceof RowChangedError)) throw error;
    const now = await deps.prisma.machine.findUnique({ where: { id: row.id }, select: { machineId: true } });
    if (now?.machineId !== created.id) await fleet.machines.delete(row.app, created.id, { force: true, signal });
    return SUPERSEDED;
  }
}

/** Counts a start only when the machine accepted it: a start too soon after create is refused and tried again. */
export async function startMachine(step: Step, machine: Machine): Promise<Next> {
  const { fleet, signal } = step;
  const start = async (machineId: string) => {
    await fleet.machines.start(machine.app, machineId, { signal });
    await countAttempt(step);
  };
  return attempt(step, machine, start, untilStarted(step, machine));
}

/** Waits until the Machines API reports that a machine, whose start it has accepted, is started. */
export function untilStarted({ fleet }: Pick<Step, 'fleet'>, { app, machineId }: Machine): Next {
  return {
    kind: 'wait',
    checkAfterMs: STARTED_WAIT_MS,
    until: async (signal) => {
      if (machineId === null) return;
      const wait = { state: 'started', timeoutSeconds: STARTED_WAIT_MS / 1_000 } as const;
      const { reached } = await fleet.machines.wait(app, machineId, wait, { signal });
      if (!reached) throw new Error('The machine is not started yet.');
    },
  };
}

export async function stopMachine(step: Step, machine: Machine): Promise<Next> {
  const { fleet, signal } = step;
  return attempt(step, machine, (machineId) =>
    fleet.machines.stop(machine.app, machineId, { timeoutSeconds: STOP_TIMEOUT_SECONDS }, { signal }),
  );
}

export async function destroyMachine(step: Step, machine: Machine): Promise<Next> {
  const { deps, fleet, signal } = step;
  if (machine.machineId === null) return AGAIN;
  // Takes the address away first, so that the endpoint sends no further call to the machine.
  await deps.prisma.machine.updateMany({
    where: { id: machine.id, machineId: machine.machineId },
    data: { destroyAt: machine.destroyAt ?? deps.now(), address: null },
  });
  try {
    const { accepted } = await fleet.machines.delete(machine.app, machine.machineId, { force: true, signal });
    // From now on a 404 means that the machine is gone, however new it is. Without this write it is waited for.
    if (accepted) {
      await deps.prisma.machine.updateMany({
        // A machine that is nothing but its row is destroyed by now, and stays so.
        where: { id: machine.id, machineId: machine.machineId, state: machine.state },
        data: { state: 'destroying' },
      });
    }
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error;
    return retryLater(error.message);
  }
  const { destroyAt } = machine;
  return destroyAt !== null && deps.now().getTime() - destroyAt.getTime() > LINGERING_MS
    ? retryLater('The deletion was accepted, but the machine still exists.')
    : { kind: 'wait', checkAfterMs: POLL_MS };
}

/** Deletes only the row as it was when its machine was confirmed gone. */
export async function forgetMachine({ deps }: Step, { id, machineId, state }: Machine): Promise<Next> {
  await deps.prisma.machine.deleteMany({ where: { id, machineId, state } });
  return AGAIN;
}

const NO_MACHINE = {
  machineId: null,
  machineSince: null,
  state: null,
  address: null,
  instanceId: null,
  logCursor: null,
  destroyAt: null,
} as const;

/** Invariant 3: only after the absence was confirmed. The row stays and gets a new machine of the same name. */
export async function recreateMachine(step: Step, machine: Machine): Promise<Next> {
  const next = await setBack(step, { kind: 'lost' }, 'CREATING_MACHINE');
  if (next.kind !== 'again') return next;
  await step.deps.prisma.machine.updateMany({
    where: { id: machine.id, machineId: machine.machineId },
    data: NO_MACHINE,
  });
  return AGAIN;
}

/** Calls a machine that exists. An error is waited out, retried, or fails the release. */
async function attempt(
  step: Step,
  machine: Machine,
  call: (machineId: string) => Promise<unknown>,
  next: Next = { kind: 'wait', checkAfterMs: POLL_MS },
): Promise<Next> {
  if (machine.machineId === null) return AGAIN;
  try {
    await call(machine.machineId);
    return next;
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error;
    if (isNotFound(error)) return AGAIN; // the next observation confirms it
    if (isPrecondition(error)) return { kind: 'wait', checkAfterMs: SLOW_POLL_MS };
    return refused(step, error, () => countAttempt(step));
  }
}

async function refused(step: Step, error: MachinesError, count: () => Promise<boolean>): Promise<Next> {
  const { deps, view, guard } = step;
  const { deployment } = view;
  // A stop or a suspension is retried without an end: there is nothing else to do.
  if (!isComingUp(deployment)) return retryLater(error.message);
  const failure = fromMachinesError(error, deployment.attempts, deps.now(), { release: view.target });
  if (failure !== null) return (await failRelease(deps, view, failure, guard)) ? AGAIN : SUPERSEDED;
  return (await count()) ? backoff(deployment) : SUPERSEDED;
}

/** Returns false when a newer intent or another worker has the row. */
async function countAttempt({ deps, view, guard }: Step): Promise<boolean> {
  const { count } = await deps.prisma.deployment.updateMany({
    where: { id: view.deployment.id, leaseOwner: guard.leaseOwner, generation: guard.generation },
    data: { attempts: { increment: 1 } },
  });
  return count === 1;
}

const backoff = ({ attempts }: Deployment): Next => ({
  kind: 'wait',
  checkAfterMs: machineBackoffMs(attempts),
});
