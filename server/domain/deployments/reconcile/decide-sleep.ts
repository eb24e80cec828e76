import type { HostStatus } from '#deploy/host/contract.ts';
import { isAbandoned } from './decide-abandon.ts';
import { type Decision, SLOW_POLL_MS } from './decision.ts';
import { type DeploymentView, isDown, type MachineView, stateOf } from './view.ts';

/**
 * The deployment is ASLEEP and no wake is requested: suspends its machine and then leaves it alone. A machine that gets
 * lost while it sleeps is not replaced before the next wake, which starts cold.
 */
export function decideAsleep({ deployment }: DeploymentView, machine: MachineView | undefined): Decision {
  // The owner turned sleep off.
  if (deployment.sleepAfterMinutes === null) return { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
  if (!machine || isDown(machine)) return { kind: 'rest' };
  if (machine.observed.kind === 'unknown') return { kind: 'wait-for-api', reason: machine.observed.reason };
  return stateOf(machine) === 'started'
    ? { kind: 'suspend-machine', machine: machine.row }
    : { kind: 'wait', checkAfterMs: SLOW_POLL_MS };
}

/** `parked`: streams that only listen stay open at the endpoint while the machine sleeps. A host of an older version cannot tell them apart. */
const isBusy = (host: HostStatus, parked: boolean): boolean =>
  parked && host.work !== undefined
    ? host.work > 0
    : host.openStreams > 0 || host.children.some((child) => child.inFlight > 0);

/** True as far as rows and status show; only the host knows whether a call is open at this moment. */
export function isIdle({ deployment, machines }: DeploymentView, host: HostStatus, now: Date): boolean {
  const { sleepAfterMinutes, lastUsedAt, phaseSince } = deployment;
  if (sleepAfterMinutes === null || deployment.status !== 'RUNNING') return false;
  if (machines.filter((one) => !isAbandoned(one)).length > 1) return false; // an older machine still serves its sessions
  if (isBusy(host, deployment.answersWhileAsleep)) return false;
  const since = Math.max(lastUsedAt?.getTime() ?? 0, (phaseSince ?? deployment.createdAt).getTime());
  return now.getTime() - since >= sleepAfterMinutes * 60_000;
}
