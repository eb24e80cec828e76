import type { HostStatus } from '#deploy/host/contract.ts';
import { type Decision, SLOW_POLL_MS } from './decision.ts';
import { type DeploymentView, isDown, type MachineView, stateOf } from './view.ts';

/**
 * ASLEEP and nobody has asked for it: its machine is made to sleep, and then left alone. A machine that got lost
 * meanwhile is not missed before somebody wakes it: then it starts cold.
 */
export function decideAsleep({ deployment }: DeploymentView, machine: MachineView | undefined): Decision {
  // Its owner wants it awake from now on.
  if (deployment.sleepAfterMinutes === null) return { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
  if (!machine || isDown(machine)) return { kind: 'rest' };
  if (machine.observed.kind === 'unknown') return { kind: 'wait-for-api', reason: machine.observed.reason };
  return stateOf(machine) === 'started'
    ? { kind: 'suspend-machine', machine: machine.row }
    : { kind: 'wait', checkAfterMs: SLOW_POLL_MS };
}

/** As far as rows and status tell; whether nothing is open at this very moment, only the host can say. */
export function isIdle({ deployment, machines }: DeploymentView, host: HostStatus, now: Date): boolean {
  const { sleepAfterMinutes, lastUsedAt, phaseSince } = deployment;
  if (sleepAfterMinutes === null || deployment.status !== 'RUNNING') return false;
  if (machines.length > 1) return false; // an older machine still serves its sessions
  if (host.openStreams > 0 || host.children.some((child) => child.inFlight > 0)) return false;
  const since = Math.max(lastUsedAt?.getTime() ?? 0, (phaseSince ?? deployment.createdAt).getTime());
  return now.getTime() - since >= sleepAfterMinutes * 60_000;
}
