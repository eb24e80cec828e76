import type { HostStatus } from '#deploy/host/contract.ts';
import type { Machine, Release } from '#prisma/generated/client/client.ts';
import { messageOf } from '../../message-of.ts';
import { readingOf, saveMachineSample } from '../../usage/machine-samples.ts';
import { prepareHost } from '../personal/prepare-host.ts';
import type { DeploymentFailure } from '../rows/failure.ts';
import type { Era } from '../rows/snapshot.ts';
import { isServingWithFailure } from '../status.ts';
import { HEALTH_FAILURES_MAX, type Remedy } from './decide-remedy.ts';
import { failureOf, fromHostFailure } from './failures.ts';
import { lookAtDefinitions } from './look-at-definitions.ts';
import { hostTarget } from './observe.ts';
import { saveThrottling } from './save-throttling.ts';
import { saveWallReports } from './save-wall-reports.ts';
import { AGAIN, type Next, type Step, SUPERSEDED, saveLogsQuietly } from './step.ts';
import { isRollingOut } from './view.ts';

/** A ping that would start a child of its own is sent only about this often. */
const COSTLY_PING_MS = 10 * 60_000;

/** Checks the serving machine: the status of its host, and an MCP ping when that proves something. */
export async function checkHealth(step: Step, machine: Machine, remedy: Remedy | null): Promise<Next> {
  const { deps, view, guard, write } = step;
  const { deployment } = view;
  const failure = await findFailure(step, machine);
  // Spreads the checks, so that machines that came up together are not always checked together.
  const next: Next = isRollingOut(view)
    ? AGAIN // the new release needs this worker
    : { kind: 'wait', checkAfterMs: deps.healthIntervalMs * (0.9 + 0.2 * deps.random()) };
  const where = { id: deployment.id, generation: guard.generation, leaseOwner: guard.leaseOwner };

  if (failure === null) {
    const columns = { healthFailures: 0, lastHealthyAt: deps.now(), observedGeneration: deployment.generation };
    if (isServingWithFailure(deployment)) {
      return (await write({ status: 'RUNNING', failure: null, message: 'Healthy again.', columns }))
        ? next
        : SUPERSEDED;
    }
    const { count } = await deps.prisma.deployment.updateMany({ where, data: columns });
    return count === 1 ? next : SUPERSEDED;
  }

  const columns = { healthFailures: deployment.healthFailures + 1 };
  if (remedy === 'restart-server' && (await restartServer(step, machine))) {
    const written = await write({
      status: 'UNHEALTHY',
      failure,
      message: `${failure.message} Starting the server again.`,
      facts: { setback: 'server-stalled' },
      columns,
    });
    return written ? next : SUPERSEDED;
  }
  if (remedy !== null) {
    const written = await write({
      status: 'UNHEALTHY',
      failure,
      message: `${failure.message} Restarting the machine.`,
      facts: { setback: 'stalled' },
      columns: { ...columns, restartGeneration: guard.generation },
    });
    return written ? AGAIN : SUPERSEDED;
  }
  if (columns.healthFailures < HEALTH_FAILURES_MAX || isServingWithFailure(deployment)) {
    const { count } = await deps.prisma.deployment.updateMany({ where, data: columns });
    return count === 1 ? next : SUPERSEDED;
  }
  return (await write({ status: 'UNHEALTHY', failure, message: failure.message, columns })) ? next : SUPERSEDED;
}

/** False if no process of the server is silent, or the host cannot start it again: then the machine has to be restarted. */
async function restartServer({ deps, view, fleet, signal }: Step, machine: Machine): Promise<boolean> {
  const release = view.target;
  const target = release?.id === machine.releaseId ? await hostTarget(deps.envelopes, machine, release, fleet) : null;
  if (target === null) return false;
  try {
    return (await deps.host.restartSilent(target, signal)) > 0;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

async function findFailure(step: Step, machine: Machine): Promise<DeploymentFailure | null> {
  const { deps, view, fleet, signal } = step;
  const release =
    view.target?.id === machine.releaseId
      ? view.target
      : await deps.prisma.release.findUniqueOrThrow({ where: { id: machine.releaseId } });
  const seen = view.machines.find(({ row }) => row.id === machine.id);
  if (seen?.observed.kind === 'unknown') {
    return unreachable(step, release, `The Machines API does not answer: ${seen.observed.reason}`, null);
  }
  if (seen?.observed.kind === 'present' && seen.observed.hostUnreachable) {
    return unreachable(step, release, 'The hardware of the machine cannot be reached.', null);
  }
  const target = await hostTarget(deps.envelopes, machine, release, fleet);
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
  await saveWallReports(step, release.id, status);
  await saveThrottling(step, release, status);
  await saveMachineSample(deps.prisma, view.deployment.id, readingOf(status), deps.now());
  try {
    // A worker that died while it suspended the machine left a host that refuses calls.
    if (view.deployment.sleepAfterMinutes !== null) await deps.host.resume(target, signal);
    const era = eraToPing(status, release, deps);
    await prepareHost(deps, view.deployment, release, target, signal);
    if (era !== null) await deps.probe.ping(target, era, signal);
    await lookAtDefinitions(step, release, target, status);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    const latest = await deps.host.status(target, signal).catch(() => status);
    signal.throwIfAborted();
    const reason = latest?.lastError ?? status.lastError;
    if (reason) return fromHostFailure(reason, { release });
    const text = messageOf(error);
    return unreachable(step, release, `The server does not answer a ping: ${text}`, null);
  }
}

/**
 * Chooses the protocol of the ping; null for none. A ping joins any running child at almost no cost, and starts one when
 * none runs. With a child per session that child would serve no client, so the ping is sent rarely. An answered call
 * proves more than a ping.
 */
function eraToPing(
  status: HostStatus,
  release: Release,
  { healthIntervalMs, random, now }: Pick<Step['deps'], 'healthIntervalMs' | 'random' | 'now'>,
): Era | null {
  const usual = status.era === 'modern' ? 'modern' : 'legacy';
  if (status.phase !== 'READY') return usual;
  const answeredAt = status.lastAnswerAt === null ? Number.NaN : Date.parse(status.lastAnswerAt);
  // by the clock of the machine; an answer that lies further ahead was given before a clock was set
  if (Math.abs(now().getTime() - answeredAt) < healthIntervalMs) return null;
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
