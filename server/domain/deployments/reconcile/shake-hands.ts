import type { HostTarget } from '#deploy/host-client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { DeploymentFailure, Snapshot } from '../rows/deployment-data.ts';
import { POLL_MS, SLOW_POLL_MS } from './decision.ts';
import { failureOf, fromHostFailure } from './failures.ts';
import { hostTarget } from './observe.ts';
import { failRelease, goLive } from './roll-out.ts';
import { AGAIN, LOST, type Next, type Step, saveLogsQuietly } from './step.ts';

/** Invariant 4: the release goes live with the answer to a real handshake, and with nothing less. */
export async function shakeHands(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, place, guard, signal } = step;
  const { target } = view;
  if (!target) return AGAIN;
  const host = await hostTarget(deps.envelopes, machine, target, place);
  if (!host) return { kind: 'wait', checkAfterMs: POLL_MS };
  const startedAt = deps.now();
  let snapshot: Snapshot;
  try {
    await deps.host.resume(host, signal); // a machine that fell asleep wakes up refusing calls, as it lay down
    snapshot = await deps.handshake.snapshot(host, signal);
    const { era } = await deps.host.status(host, signal);
    if (era) snapshot = { ...snapshot, era };
  } catch (error) {
    signal.throwIfAborted();
    await saveLogsQuietly(deps, machine, signal);
    const failure = await explain(step, host, error, startedAt);
    if (failure === null) return { kind: 'wait', checkAfterMs: SLOW_POLL_MS };
    return (await failRelease(deps, view, failure, guard)) ? AGAIN : LOST;
  }
  await saveLogsQuietly(deps, machine, signal);
  return (await goLive(deps, view, machine, snapshot, guard)) ? AGAIN : LOST;
}

/** The host knows why a handshake failed; null when it cannot be asked: then the machine itself is looked at again. */
async function explain(
  { deps, view, signal }: Step,
  host: HostTarget,
  error: unknown,
  startedAt: Date,
): Promise<DeploymentFailure | null> {
  const about = { release: view.target };
  try {
    const { lastError, phase } = await deps.host.status(host, signal);
    if (phase === 'INSTALLING' || phase === 'STOPPING') return null; // it was started anew under the handshake
    if (lastError && (phase === 'FAILED' || new Date(lastError.at) >= startedAt)) {
      return fromHostFailure(lastError, about);
    }
  } catch {
    signal.throwIfAborted();
    return null;
  }
  const text = error instanceof Error ? error.message : String(error);
  return failureOf('NO_HANDSHAKE', `The server did not complete the handshake: ${text}`, null, deps.now(), about);
}
