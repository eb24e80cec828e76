import { describeServerError } from '#deploy/host/child/server-error.ts';
import type { HostStatus } from '#deploy/host/contract.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import { timeFactor } from '#server/domain/catalog.ts';
import { messageOf } from '../../message-of.ts';
import { prepareHost } from '../personal/prepare-host.ts';
import type { DeploymentFailure } from '../rows/failure.ts';
import { parseFields } from '../rows/fields.ts';
import { specOf } from '../rows/releases.ts';
import type { Snapshot } from '../rows/snapshot.ts';
import { isAsleep } from '../status.ts';
import { POLL_MS, SLOW_POLL_MS } from './decision.ts';
import { type FailureContext, failureOf, fromHostFailure } from './failures.ts';
import { keepOffer } from './keep-offer.ts';
import { keepPackages } from './keep-packages.ts';
import { giveSessionsBack } from './kept-sessions.ts';
import { watchNewerIntent } from './newer-intent.ts';
import { hostTarget } from './observe.ts';
import { redactSnapshot, releaseRedactor } from './redact-snapshot.ts';
import { failRelease, goLive } from './roll-out.ts';
import { saveWallReports } from './save-wall-reports.ts';
import { ServerRefusal } from './server-refusal.ts';
import { AGAIN, type Next, type Step, SUPERSEDED, saveLogsQuietly } from './step.ts';

/** Invariant 4: a release goes live only with the result of a real handshake. */
export async function completeHandshake(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, fleet, guard, signal } = step;
  const { target } = view;
  if (!target) return AGAIN;
  const host = await hostTarget(deps.envelopes, machine, target, fleet);
  if (!host) return { kind: 'wait', checkAfterMs: POLL_MS };
  const startedAt = deps.now();
  const newer = watchNewerIntent(deps, view.deployment);
  const limited = AbortSignal.any([signal, newer.signal]);
  let snapshot: Snapshot;
  try {
    await deps.host.resume(host, limited); // a machine that was suspended still refuses calls
    await prepareHost(deps, view.deployment, target, host, limited);
    snapshot = await deps.probe.readSnapshot(host, limited, timeFactor(target));
    snapshot = await redactSnapshot(deps, target, snapshot);
    await keepOffer(step, target.id, host);
    await keepPackages(step, target.id, host);
    fleet.packageImages?.keep(specOf(target), (reading) => deps.host.layer(host, reading));
    if (isAsleep(view.deployment)) await giveSessionsBack(step, machine, host);
  } catch (error) {
    signal.throwIfAborted();
    if (newer.signal.aborted) return SUPERSEDED;
    await saveLogsQuietly(deps, machine, signal);
    const seen = await deps.host.status(host, signal).catch(() => null); // a machine that is gone
    signal.throwIfAborted();
    if (seen !== null) await saveWallReports(step, target.id, seen);
    const failure = seen && (await explain(step, seen, error, startedAt));
    if (failure === null) return { kind: 'wait', checkAfterMs: SLOW_POLL_MS };
    return (await failRelease(deps, view, failure, guard)) ? AGAIN : SUPERSEDED;
  } finally {
    newer.stop();
  }
  await saveLogsQuietly(deps, machine, signal);
  const status = await deps.host.status(host, signal).catch(() => null); // the next check reads it
  signal.throwIfAborted();
  if (status !== null) await saveWallReports(step, target.id, status);
  return (await goLive(deps, view, machine, snapshot, guard, status)) ? AGAIN : SUPERSEDED;
}

/** Explains why the handshake failed; null while the host is not serving yet: then the machine is observed again. */
async function explain(
  { deps, view }: Step,
  host: HostStatus,
  error: unknown,
  startedAt: Date,
): Promise<DeploymentFailure | null> {
  const { lastError, phase } = host;
  const about: FailureContext = { release: view.target, host };
  if (phase === 'INSTALLING' || phase === 'STOPPING') return null; // the machine was restarted during the handshake
  if (lastError && (phase === 'FAILED' || new Date(lastError.at) >= startedAt))
    return fromHostFailure(lastError, about);
  const text = messageOf(error);
  if (error instanceof ServerRefusal && view.target !== null) {
    const redact = await releaseRedactor(deps, view.target);
    const known = parseFields(view.deployment.fields).credentials.map(({ name }) => name);
    return fromHostFailure(
      { ...describeServerError(redact(text), error.method, known), at: deps.now().toISOString() },
      about,
    );
  }
  return failureOf('NO_HANDSHAKE', `The server did not complete the handshake: ${text}`, null, deps.now(), about);
}
