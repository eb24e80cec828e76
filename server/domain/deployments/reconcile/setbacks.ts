import type { Deployment } from '#prisma/generated/client/client.ts';
import type { DeploymentFailure } from '../rows/failure.ts';
import type { Setback } from '../rows/setback.ts';
import { transition } from '../rows/transition.ts';
import { isComingUp } from '../status.ts';
import { failureOf } from './failures.ts';
import { failRelease, phaseStatus, recordTiming } from './roll-out.ts';
import { type ActDeps, AGAIN, type Next, type Step, SUPERSEDED } from './step.ts';

const WINDOW_MS = 10 * 60_000;
/** So many ends of a machine's process within the window are a crash loop. */
const ENDED_MAX = 5;
/** A release that loses so many machines before it serves fails. */
const LOST_MAX = 5;

/** Explains a setback to the owner. */
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
 * Records the setback and goes back to the phase, unless it happened too often: a machine that keeps ending, or gets
 * lost before it serves, is given up.
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
    return (await failRelease(deps, view, often, guard)) ? AGAIN : SUPERSEDED;
  }
  await recordTiming(deps, view.deployment, view.target?.id ?? null);
  const then = setback.kind === 'lost' ? 'Creating a new one.' : 'Starting it again.';
  const written = await step.write({
    ...phaseStatus(view),
    phase,
    message: `${failure.message} ${then}`,
    facts: { setback: setback.kind, failure },
  });
  return written ? AGAIN : SUPERSEDED;
}

const loopOf = ({ code, message }: DeploymentFailure, count: number): Pick<DeploymentFailure, 'code' | 'message'> =>
  code === 'OUT_OF_MEMORY'
    ? { code, message: `The machine ran out of memory ${count} times within 10 minutes.` }
    : { code: 'CRASH_LOOP', message: `The machine ended ${count} times within 10 minutes. ${message}` };

/** Counts since the deployment last served or failed. */
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

/** Counts within the window and since the last failure, whether the deployment served in between or not. */
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

/** Marks the deployment UNHEALTHY: its serving machine is down while a new release is on its way. */
export async function reportDown(step: Step, setback: Setback): Promise<Next> {
  const failure = explainSetback(step, setback);
  const written = await step.write({
    status: 'UNHEALTHY',
    failure,
    message: `${failure.message} The next release is on its way.`,
    facts: { setback: setback.kind },
  });
  return written ? AGAIN : SUPERSEDED;
}

/**
 * Tells the owner why a stop, a suspension or a deletion makes no progress: those are retried without an end. A release
 * on its way has the time limit of its phase instead.
 */
export async function reportStuck(
  deps: Pick<ActDeps, 'database' | 'events' | 'now'>,
  deployment: Deployment,
  leaseOwner: string,
  reason: string,
): Promise<void> {
  if (isComingUp(deployment)) return;
  const now = deps.now();
  const what = deployment.desired === 'DELETED' ? 'Deletion' : 'The change';
  const failure: DeploymentFailure = {
    code: 'FLY_UNAVAILABLE',
    message: reason,
    hint: 'You need to do nothing: Catwalk retries until it succeeds.',
    retryable: true,
    occurredAt: now.toISOString(),
    stderrTail: [],
  };
  const to = { message: `${what} is stuck: ${reason}`, facts: { setback: 'held-up', failure } } as const;
  const guard = { generation: deployment.generation, leaseOwner };
  await deps.database.transaction((tx) => transition(tx, deps.events, deployment, to, guard, now));
}
