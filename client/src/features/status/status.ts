import type { DeploymentPhase, DeploymentStatus } from '../../generated/graphql.ts';

export type Status = DeploymentStatus;
export type Phase = DeploymentPhase;

/** The deployment is being deleted, or is gone. */
export const isDeleted = (status: Status): boolean => status === 'DELETING' || status === 'DELETED';

/** The deployment does not do what it should, and its failure is shown. */
export const hasFailed = (status: Status): boolean => status === 'FAILED' || status === 'UNHEALTHY';

/** A release answers calls, now or once it is awake. */
export const isServing = (status: Status): boolean =>
  status === 'RUNNING' || status === 'UNHEALTHY' || status === 'ASLEEP';

export const isAsleep = (status: Status): boolean => status === 'ASLEEP';

/** The actions that the server accepts in each status. */
export const canStart = (status: Status): boolean => status === 'STOPPED' || status === 'FAILED' || status === 'ASLEEP';
export const canStop = (status: Status): boolean => status !== 'STOPPED' && !isDeleted(status);
export const canRestart = (status: Status): boolean => status === 'RUNNING' || status === 'UNHEALTHY';

export type StatusGroup = 'all' | 'running' | 'attention' | 'stopped';

/** The filters of the list. Deploying counts as running: it is on its way there. */
export const STATUS_GROUPS: Record<StatusGroup, (status: Status) => boolean> = {
  all: () => true,
  running: (status) => status === 'DEPLOYING' || status === 'RUNNING' || status === 'ASLEEP',
  attention: hasFailed,
  stopped: (status) => status === 'STOPPED' || status === 'DELETING',
};

export const isStatusGroup = (value: string | null): value is StatusGroup =>
  value !== null && Object.hasOwn(STATUS_GROUPS, value);
