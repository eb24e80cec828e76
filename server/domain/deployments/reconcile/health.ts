import type { HostStatus } from '#deploy/host/contract.ts';
import type { Machine, Release } from '#prisma/generated/client/client.ts';
import type { DeploymentFailure } from '../rows/deployment-data.ts';
import { failureOf, fromHostFailure } from './failures.ts';
import type { Era } from './handshake.ts';
import { hostTarget } from './observe.ts';
import { AGAIN, LOST, type Next, type Step, saveLogsQuietly } from './step.ts';
import { isRollingOut } from './view.ts';

/** Failed checks in a row that make a deployment UNHEALTHY; one good check makes it RUNNING again. */
export const HEALTH_FAILURES_MAX = 3;
/** Where a ping costs a child of its own it is sent only about this often. */
const COSTLY_PING_MS = 10 * 60_000;

/** One check of the machine that serves: what its host says, and a real MCP ping where that proves something. */
export async function checkHealth(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, guard, write } = step;
  const { deployment } = view;
  const failure = await findFailure(step, machine);
  // Spread out, so that machines which came up together are not asked together for ever.
  const next: Next = isRollingOut(view)
    ? AGAIN // the new release needs this worker
    : { kind: 'wait', checkAfterMs: deps.healthIntervalMs * (0.9 + 0.2 * deps.random()) };
  const where = { id: deployment.id, generation: guard.generation, leaseOwner: guard.leaseOwner };

  if (failure === null) {
    const columns = { healthFailures: 0, lastHealthyAt: deps.now(), observedGeneration: deployment.generation };
    if (deployment.status === 'UNHEALTHY') {
      return (await write({ status: 'RUNNING', failure: null, message: 'Healthy again.', columns })) ? next : LOST;
    }
    const { count } = await deps.prisma.deployment.updateMany({ where, data: columns });
    return count === 1 ? next : LOST;
  }

  const columns = { healthFailures: deployment.healthFailures + 1 };
  if (columns.healthFailures < HEALTH_FAILURES_MAX || deployment.status === 'UNHEALTHY') {
    const { count } = await deps.prisma.deployment.updateMany({ where, data: columns });
    return count === 1 ? next : LOST;
  }
  return (await write({ status: 'UNHEALTHY', failure, message: failure.message, columns })) ? next : LOST;
}

async function findFailure(step: Step, machine: Machine): Promise<DeploymentFailure | null> {
  const { deps, view, place, signal } = step;
  const release =
    view.target?.id === machine.releaseId
      ? view.target
      : await deps.prisma.release.findUniqueOrThrow({ where: { id: machine.releaseId } });
  const seen = view.machines.find(({ row }) => row.id === machine.id);
  if (seen?.observed.kind === 'unknown') {
    return unreachable(step, release, `The Machines API does not tell: ${seen.observed.reason}`, null);
  }
  if (seen?.observed.kind === 'present' && seen.observed.hostUnreachable) {
    return unreachable(step, release, 'The hardware that the machine runs on is out of reach.', null);
  }
  const target = await hostTarget(deps.envelopes, machine, release, place);
  if (!target) return unreachable(step, release, 'The machine does not answer.', null);
  if (seen?.host === 'unreachable') return unreachable(step, release, 'The machine does not answer.', null);
  let status = seen?.host ?? null;
  try {
    status ??= await deps.host.status(target, signal);
  } catch {
    signal.throwIfAborted();
    return unreachable(step, release, 'The machine does not answer.', null);
  }
  await saveLogsQuietly(deps, machine, signal);
  try {
    // A worker that died while it laid the machine down left a host that refuses calls.
    if (view.deployment.sleepAfterMinutes !== null) await deps.host.resume(target, signal);
    const era = eraToPing(status, release, deps);
    if (era !== null) await deps.handshake.ping(target, era, signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    const latest = await deps.host.status(target, signal).catch(() => status);
    signal.throwIfAborted();
    const reason = latest?.lastError ?? status.lastError;
    if (reason) return fromHostFailure(reason, { release });
    const text = error instanceof Error ? error.message : String(error);
    return unreachable(step, release, `The server does not answer a ping: ${text}`, null);
  }
}

/**
 * A ping joins a child that is there, whoever's it is, and costs next to nothing; where none is it brings one back.
 * With a child for each session that would be one for nobody: there it is sent rarely. Calls that make progress say
 * more than any ping. Null: none is sent.
 */
function eraToPing(
  status: HostStatus,
  release: Release,
  { healthIntervalMs, random, now }: Pick<Step['deps'], 'healthIntervalMs' | 'random' | 'now'>,
): Era | null {
  const usual = status.era === 'modern' ? 'modern' : 'legacy';
  if (status.phase !== 'READY') return usual;
  const answeredAt = status.lastAnswerAt === null ? Number.NaN : Date.parse(status.lastAnswerAt);
  if (now().getTime() - answeredAt < healthIntervalMs) return null;
  const eras = new Set(status.children.map(({ era }) => era));
  if (eras.has('legacy')) return 'legacy';
  if (eras.has('modern')) return 'modern';
  return release.isolation !== 'PER_SESSION' || random() < healthIntervalMs / COSTLY_PING_MS ? usual : null;
}

const unreachable = (
  { deps }: Step,
  release: Release,
  detail: string,
  host: HostStatus['lastError'],
): DeploymentFailure => failureOf('MACHINE_UNREACHABLE', detail, host, deps.now(), { release });
