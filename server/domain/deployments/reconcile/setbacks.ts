import type { Deployment } from '#prisma/generated/client/client.ts';
import type { DeploymentFailure } from '../rows/deployment-data.ts';
import type { Setback } from '../rows/setback.ts';
import { transition } from '../rows/transition.ts';
import { failureOf } from './failures.ts';
import { failRelease, phaseStatus, recordTiming } from './roll-out.ts';
import { type ActDeps, AGAIN, LOST, type Next, type Step } from './step.ts';

const WINDOW_MS = 10 * 60_000;
/** Ends of a machine's process within the window that are a crash loop. */
const ENDED_MAX = 5;
/** Machines that a release may lose before it ever serves. */
const LOST_MAX = 5;

/** What a setback means for the owner. */
export function explainSetback(step: Step, setback: Setback): DeploymentFailure {
  const { deps, view } = step;
  const about = { release: view.target };
  if (setback.kind === 'lost') return failureOf('MACHINE_LOST', null, null, deps.now(), about);
  const { exit } = setback;
  if (exit?.oom) return failureOf('OUT_OF_MEMORY', null, null, deps.now(), about);
  const detail =
    exit?.code == null ? 'The machine stopped by itself.' : `The machine ended by itself with exit code ${exit.code}.`;
  return failureOf('MACHINE_LOST', detail, null, deps.now(), about);
}

/**
 * Tells what happened and goes back to the phase, unless it happened too often: a machine that ends again and again,
 * or gets lost before it ever serves, is not started for ever.
 */
export async function setBack(step: Step, setback: Setback, phase: NonNullable<Deployment['phase']>): Promise<Next> {
  const { deps, view, guard } = step;
  const failure = explainSetback(step, setback);
  const count = 1 + (setback.kind === 'lost' ? await countLost(step) : await countEnded(step));
  if (count >= (setback.kind === 'lost' ? LOST_MAX : ENDED_MAX)) {
    const often =
      setback.kind === 'lost'
        ? { ...failure, message: `The machine was lost ${count} times before its server answered.` }
        : { ...failure, ...loopOf(failure, count), retryable: true };
    return (await failRelease(deps, view, often, guard)) ? AGAIN : LOST;
  }
  await recordTiming(deps, view.deployment, view.target?.id ?? null);
  const then = setback.kind === 'lost' ? 'A new one is made.' : 'It is started again.';
  const written = await step.write({
    ...phaseStatus(view),
    phase,
    message: `${failure.message} ${then}`,
    facts: { setback: setback.kind, failure },
  });
  return written ? AGAIN : LOST;
}

const loopOf = ({ code, message }: DeploymentFailure, count: number): Pick<DeploymentFailure, 'code' | 'message'> =>
  code === 'OUT_OF_MEMORY'
    ? { code, message: `The machine ran out of memory ${count} times within 10 minutes.` }
    : { code: 'CRASH_LOOP', message: `The machine ended ${count} times within 10 minutes. ${message}` };

/** Since it last served or failed. */
async function countLost({ deps, view }: Step): Promise<number> {
  const { id: deploymentId } = view.deployment;
  const settled = await deps.prisma.deploymentEvent.findFirst({
    where: { deploymentId, OR: [{ status: 'FAILED' }, { status: 'RUNNING', phase: null }] },
    orderBy: { id: 'desc' },
    select: { id: true },
  });
  return deps.prisma.deploymentEvent.count({
    where: { deploymentId, id: { gt: settled?.id ?? 0n }, data: { path: ['setback'], equals: 'lost' } },
  });
}

/** Within the window and since it last failed, whether it served in between or not. */
async function countEnded({ deps, view }: Step): Promise<number> {
  const { id: deploymentId } = view.deployment;
  const gaveUp = await deps.prisma.deploymentEvent.findFirst({
    where: { deploymentId, status: 'FAILED' },
    orderBy: { id: 'desc' },
    select: { id: true },
  });
  return deps.prisma.deploymentEvent.count({
    where: {
      deploymentId,
      id: { gt: gaveUp?.id ?? 0n },
      at: { gt: new Date(deps.now().getTime() - WINDOW_MS) },
      data: { path: ['setback'], equals: 'ended' },
    },
  });
}

/** A new release is on its way, and the one that serves is down: the status says so. */
export async function reportLost(step: Step, setback: Setback): Promise<Next> {
  const failure = explainSetback(step, setback);
  const written = await step.write({
    status: 'UNHEALTHY',
    failure,
    message: `${failure.message} The next release is on its way.`,
    facts: { setback: setback.kind },
  });
  return written ? AGAIN : LOST;
}

/**
 * What is to be stopped, to sleep or to be deleted is tried for ever, less and less often; its owner sees why it does
 * not come to its end. What is on its way to running has its phase's time limit instead, and then fails.
 */
export async function tellHeldUp(
  deps: Pick<ActDeps, 'database' | 'events' | 'now'>,
  deployment: Deployment,
  leaseOwner: string,
  reason: string,
): Promise<void> {
  if (deployment.desired === 'RUNNING' && deployment.phase !== null) return;
  const now = deps.now();
  const what = deployment.desired === 'DELETED' ? 'Deleting it' : 'The change';
  const failure: DeploymentFailure = {
    code: 'FLY_UNAVAILABLE',
    message: reason,
    hint: 'Nothing needs to be done: it is tried again until it works.',
    retryable: true,
    occurredAt: now.toISOString(),
    stderrTail: [],
  };
  const to = { message: `${what} does not get on: ${reason}`, facts: { setback: 'held-up', failure } } as const;
  const guard = { generation: deployment.generation, leaseOwner };
  await deps.database.transaction((tx) => transition(tx, deps.events, deployment, to, guard, now));
}
