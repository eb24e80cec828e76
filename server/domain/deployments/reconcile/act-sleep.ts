import { isNotFound, isPrecondition, isRetryable, MachinesError } from '#deploy/fly/errors.ts';
import type { HostTarget } from '#deploy/host-client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import { prepareHost } from '../personal/prepare-host.ts';
import type { Era } from '../rows/snapshot.ts';
import { awakeAfter } from '../status.ts';
import { stopMachine, untilStarted } from './act-machine.ts';
import { POLL_MS, SLOW_POLL_MS } from './decision.ts';
import { checkHealth } from './health.ts';
import { keepOffer } from './keep-offer.ts';
import { giveSessionsBack, keepSessions } from './kept-sessions.ts';
import { hostTarget } from './observe.ts';
import { AGAIN, type Next, retryLater, type Step, SUPERSEDED, saveLogsQuietly } from './step.ts';

/** Fly suspends machines up to this size; a larger one is stopped and starts cold. */
const SUSPENDABLE_MB_MAX = 2_048;

/**
 * Only the host sees all traffic: it refuses while a call is open, and accepts no call once it has agreed. The status is
 * written before the machine sleeps, so that a call in between wakes the machine instead of hanging.
 */
export async function fallAsleep(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, guard, signal } = step;
  const host = await targetOf(step, machine);
  if (!host) return checkHealth(step, machine, null);
  await saveLogsQuietly(deps, machine, signal);
  if (view.target && view.deployment.answersWhileAsleep) await keepOffer(step, view.target.id, host);
  const answer = await deps.host.quiesce(host, view.deployment.answersWhileAsleep, signal).catch(() => {
    signal.throwIfAborted();
    return null; // the health check finds the reason
  });
  if (!answer?.quiesced) return checkHealth(step, machine, null);
  await keepSessions(deps.prisma, machine, answer.sessions ?? []);
  const minutes = view.deployment.sleepAfterMinutes;
  const written = await step.write({
    status: 'ASLEEP',
    message: `Asleep after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} without a call.`,
    columns: { observedGeneration: guard.generation, healthFailures: 0 },
  });
  if (written) return AGAIN;
  await deps.host.resume(host, signal); // a newer intent has the row and finds the host as it was
  return SUPERSEDED;
}

export async function suspendMachine(step: Step, machine: Machine): Promise<Next> {
  const { view, fleet, signal } = step;
  if ((view.target?.memoryMb ?? 0) > SUSPENDABLE_MB_MAX) return stopMachine(step, machine);
  if (machine.machineId === null) return AGAIN;
  try {
    await fleet.machines.suspend(machine.app, machine.machineId, { signal });
    return { kind: 'wait', checkAfterMs: POLL_MS };
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error;
    if (isPrecondition(error)) return { kind: 'wait', checkAfterMs: SLOW_POLL_MS };
    if (isNotFound(error)) return AGAIN; // the next observation tells a new machine from one that is gone
    // A machine that cannot be suspended is stopped: it starts cold and costs as little.
    return isRetryable(error) ? retryLater(error.message) : stopMachine(step, machine);
  }
}

/** The machine is awake with its memory: it takes calls again once its server answers. */
export async function finishWake(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, guard, signal } = step;
  const host = await targetOf(step, machine);
  if (!host) return { kind: 'wait', checkAfterMs: POLL_MS };
  try {
    await takeCallsAgain(step, machine, host);
  } catch {
    signal.throwIfAborted();
    // A handshake shows whether the server survived the sleep, and the reason if not.
    return (await step.write({ phase: 'HANDSHAKE', message: 'Awake, but the server does not answer yet.' }))
      ? AGAIN
      : SUPERSEDED;
  }
  const now = deps.now();
  const wakeMs = now.getTime() - (view.deployment.phaseSince ?? now).getTime();
  const written = await step.write({
    status: 'RUNNING',
    phase: null,
    failure: null,
    message: `${awakeAfter(wakeMs)}.`,
    facts: { wakeMs },
    columns: {
      observedGeneration: guard.generation,
      healthFailures: 0,
      lastHealthyAt: now,
      lastWokenAt: now,
      lastWakeMs: wakeMs,
      restartGeneration: null,
    },
  });
  // The calls that were held come now; a check of what has just answered would only delay them.
  return written ? { kind: 'wait', checkAfterMs: deps.healthIntervalMs } : SUPERSEDED;
}

/**
 * Wakes the sleeping release although another is on its way: starts a suspended machine, then sends a ping. It gets one
 * try, because a cold start would not be faster than the release that replaces it.
 */
export async function wakeCurrent(step: Step, machine: Machine, state: string): Promise<Next> {
  const { deps, view, fleet, signal } = step;
  const { deployment } = view;
  const giveUp = async (): Promise<Next> => {
    const message = 'Waking at once was not possible. Calls are answered when the next release is live.';
    return (await step.write({ message, columns: { wakeAskedAt: null } })) ? AGAIN : SUPERSEDED;
  };
  if (machine.machineId === null) return giveUp();
  try {
    if (state === 'suspended') {
      await fleet.machines.start(machine.app, machine.machineId, { signal });
      return untilStarted(step, machine);
    }
    if (state !== 'started') return await giveUp();
    const release = await deps.prisma.release.findUniqueOrThrow({ where: { id: machine.releaseId } });
    const host = await hostTarget(deps.envelopes, machine, release, fleet);
    if (!host) return await giveUp();
    await takeCallsAgain(step, machine, host);
  } catch {
    signal.throwIfAborted();
    return giveUp();
  }
  const now = deps.now();
  const wakeMs = now.getTime() - (deployment.wakeAskedAt ?? now).getTime();
  const written = await step.write({
    status: 'RUNNING',
    message: `${awakeAfter(wakeMs)}. The next release is on its way.`,
    facts: { wakeMs },
    columns: { wakeAskedAt: null, lastWokenAt: now, lastWakeMs: wakeMs, lastHealthyAt: now, healthFailures: 0 },
  });
  return written ? AGAIN : SUPERSEDED;
}

/**
 * Rejects where the server does not answer. The host asks its processes, in the request that ends its sleep; a ping on the
 * path of clients is sent where no process runs, since it starts one.
 */
async function takeCallsAgain(step: Step, machine: Machine, host: HostTarget): Promise<void> {
  const { deps, view, signal } = step;
  const [answers] = await Promise.all([deps.host.resumeAndAsk(host, signal), giveSessionsBack(step, machine, host)]);
  const { releaseId: id } = machine;
  const release = view.target?.id === id ? view.target : await deps.prisma.release.findUnique({ where: { id } });
  if (release) await prepareHost(deps, view.deployment, release, host, signal);
  if (answers === null) await deps.probe.ping(host, await eraOf(step, host), signal);
  else if (!answers) throw new Error('No process of the server answers.');
}

/** Pings dual-era servers with the legacy protocol, because that child is already running. */
const eraOf = async ({ deps, signal }: Step, host: HostTarget): Promise<Era> =>
  (await deps.host.status(host, signal)).era === 'modern' ? 'modern' : 'legacy';

const targetOf = ({ deps, view, fleet }: Step, machine: Machine) =>
  view.target ? hostTarget(deps.envelopes, machine, view.target, fleet) : Promise.resolve(null);
