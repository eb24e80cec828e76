import type { DeploymentView, MachineView } from './view.ts';

/** So many failed checks in a row make a deployment UNHEALTHY; one good check makes it RUNNING again. */
export const HEALTH_FAILURES_MAX = 3;
/** Pause after the first restart of a stalled machine; doubles with each further restart. */
const PAUSE_MS_FIRST = 60_000;
const PAUSE_MS_MAX = 30 * 60_000;
/** A call of a client may keep a server busy: its machine is restarted only after so long without a good check. */
const BUSY_MS_MAX = 10 * 60_000;
/** A server that was started again so often within the window needs more than that: its machine is restarted. */
export const SERVER_RESTARTS_MAX = 3;
/** Restarts within this time count. */
export const STALLS_WINDOW_MS = 60 * 60_000;

export type Remedy = 'restart-server' | 'restart-machine';

/**
 * Pure: decides what to do if the next health check fails. A server that does not answer in a machine whose host does is
 * started again; if that does not help, or the host does not answer either, the machine is restarted, with a growing
 * pause between two restarts. Without proof that the machine is started, or while its hardware cannot be reached, neither
 * would help.
 */
export function decideRemedy({ deployment, stalls }: DeploymentView, machine: MachineView, now: Date): Remedy | null {
  const { observed, host } = machine;
  if (deployment.healthFailures + 1 < HEALTH_FAILURES_MAX) return null;
  if (observed.kind !== 'present' || observed.state !== 'started' || observed.hostUnreachable) return null;
  const isBusy = host !== null && host !== 'unreachable' && host.children.some(({ inFlight }) => inFlight > 0);
  const lastGood = deployment.lastHealthyAt ?? deployment.createdAt;
  if (isBusy && now.getTime() - lastGood.getTime() < BUSY_MS_MAX) return null;
  if (stalls.isWidespread) return null;
  const hasServer = host !== null && host !== 'unreachable' && host.children.length > 0;
  if (hasServer && !stalls.serverRestarted) return 'restart-server';
  if (stalls.lastAt === null) return 'restart-machine';
  const pauseMs = Math.min(PAUSE_MS_FIRST * 2 ** (stalls.count - 1), PAUSE_MS_MAX);
  const pausedMs = now.getTime() - stalls.lastAt.getTime();
  // a restart that lies in the future: the clock was set back since
  return pausedMs >= 0 && pausedMs < pauseMs ? null : 'restart-machine';
}
