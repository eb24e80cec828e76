import { isPrecondition, isRetryable, MachinesError } from '#deploy/fly/errors.ts';
import type { HostTarget } from '#deploy/host-client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import { awakeAfter } from '../status.ts';
import { tellMachine } from './act-machine.ts';
import { POLL_MS, SLOW_POLL_MS } from './decision.ts';
import type { Era } from './handshake.ts';
import { checkHealth } from './health.ts';
import { hostTarget } from './observe.ts';
import { AGAIN, LOST, type Next, type Step, saveLogsQuietly, trouble } from './step.ts';

/** What Fly suspends; a larger machine is stopped, and starts cold. */
const SUSPENDABLE_MB_MAX = 2_048;

/**
 * Only the host sees all traffic: it refuses while anything is open, and from its yes on it takes no call. The status
 * is written before the machine sleeps, so that who comes in between wakes it instead of hanging.
 */
export async function fallAsleep(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, guard, signal } = step;
  const host = await targetOf(step, machine);
  if (!host) return checkHealth(step, machine);
  await saveLogsQuietly(deps, machine, signal);
  const answer = await deps.host.quiesce(host, signal).catch(() => {
    signal.throwIfAborted();
    return null; // its health check says what is wrong with it
  });
  if (!answer?.quiesced) return checkHealth(step, machine);
  const minutes = view.deployment.sleepAfterMinutes;
  const written = await step.write({
    status: 'ASLEEP',
    message: `Asleep: nobody called for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    columns: { observedGeneration: guard.generation, healthFailures: 0 },
  });
  if (written) return AGAIN;
  await deps.host.resume(host, signal); // a newer intent has the row: whatever it wants, it finds the host as it was
  return LOST;
}

export async function suspendMachine(step: Step, machine: Machine): Promise<Next> {
  const { view, place, signal } = step;
  if ((view.target?.memoryMb ?? 0) > SUSPENDABLE_MB_MAX) return tellMachine(step, machine, 'stop');
  if (machine.machineId === null) return AGAIN;
  try {
    await place.machines.suspend(machine.app, machine.machineId, { signal });
    return { kind: 'wait', checkAfterMs: POLL_MS };
  } catch (error) {
    if (!(error instanceof MachinesError)) throw error;
    if (isPrecondition(error)) return { kind: 'wait', checkAfterMs: SLOW_POLL_MS };
    // One that cannot be suspended is stopped: it starts cold, and costs nothing meanwhile.
    return isRetryable(error) ? trouble(error.message) : tellMachine(step, machine, 'stop');
  }
}

/** Awake with its memory: it takes calls again when it has answered one of ours. */
export async function finishWake(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, guard, signal } = step;
  const host = await targetOf(step, machine);
  if (!host) return { kind: 'wait', checkAfterMs: POLL_MS };
  try {
    await deps.host.resume(host, signal);
    await deps.handshake.ping(host, await eraOf(step, host), signal);
  } catch {
    signal.throwIfAborted();
    // The sleep did the server no good: a handshake shows whether it still works, and says why not.
    return (await step.write({ phase: 'HANDSHAKE', message: 'Awake, but the server does not answer yet.' }))
      ? AGAIN
      : LOST;
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
  return written ? AGAIN : LOST;
}

/**
 * The release that sleeps is wanted although another is on its way: started when it is suspended, then asked for an
 * answer. It gets one try: what starts cold would be no quicker than the release that replaces it.
 */
export async function wakeCurrent(step: Step, machine: Machine, state: string): Promise<Next> {
  const { deps, view, place, signal } = step;
  const { deployment } = view;
  const giveUp = async (): Promise<Next> => {
    const message = 'It could not be woken at once: calls are answered when the next release is live.';
    return (await step.write({ message, columns: { wakeAskedAt: null } })) ? AGAIN : LOST;
  };
  if (machine.machineId === null) return giveUp();
  try {
    if (state === 'suspended') {
      await place.machines.start(machine.app, machine.machineId, { signal });
      return { kind: 'wait', checkAfterMs: POLL_MS };
    }
    if (state !== 'started') return await giveUp();
    const release = await deps.prisma.release.findUniqueOrThrow({ where: { id: machine.releaseId } });
    const host = await hostTarget(deps.envelopes, machine, release, place);
    if (!host) return await giveUp();
    await deps.host.resume(host, signal);
    await deps.handshake.ping(host, await eraOf(step, host), signal);
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
  return written ? AGAIN : LOST;
}

/** Of a server that speaks both the older protocol is asked: its child is there. */
const eraOf = async ({ deps, signal }: Step, host: HostTarget): Promise<Era> =>
  (await deps.host.status(host, signal)).era === 'modern' ? 'modern' : 'legacy';

const targetOf = ({ deps, view, place }: Step, machine: Machine) =>
  view.target ? hostTarget(deps.envelopes, machine, view.target, place) : Promise.resolve(null);
