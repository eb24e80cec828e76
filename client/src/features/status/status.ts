import type { DeploymentPhase, DeploymentStatus } from '../../generated/graphql.ts';

export type Status = DeploymentStatus;
export type Phase = DeploymentPhase;

/** The deployment does not exist any more. */
export const isGone = (status: Status): boolean => status === 'DELETED';

/** The deployment is being deleted, or is gone. */
export const isDeleted = (status: Status): boolean => status === 'DELETING' || isGone(status);

/** The deployment does not do what it should, and its failure is shown. */
export const hasFailed = (status: Status): boolean => status === 'FAILED' || status === 'UNHEALTHY';

/** No release serves until the user retries. */
export const needsRetry = (status: Status): boolean => status === 'FAILED';

export const isAsleep = (status: Status): boolean => status === 'ASLEEP';

/** A release answers calls. */
const isServing = (status: Status): boolean => status === 'RUNNING' || status === 'UNHEALTHY';

/** A release answers calls, or does so once it is woken. */
export const canServe = (status: Status): boolean => isServing(status) || isAsleep(status);

/** The server runs, and no change is under way. */
export const runsUndisturbed = ({ status, phase }: { status: Status; phase?: Phase | null }): boolean =>
  status === 'RUNNING' && !phase;

/** The actions that the server accepts in each status. */
export const canStart = (status: Status): boolean => status === 'STOPPED' || needsRetry(status) || isAsleep(status);
export const canStop = (status: Status): boolean => status !== 'STOPPED' && !isDeleted(status);
export const canRestart = isServing;

export type StatusGroup = 'all' | 'running' | 'attention' | 'stopped';

/** The filters of the list. Deploying counts as running: it is on its way there. */
export const STATUS_GROUPS: Record<StatusGroup, (status: Status) => boolean> = {
  all: () => true,
  running: (status) => status === 'DEPLOYING' || status === 'RUNNING' || isAsleep(status),
  attention: hasFailed,
  stopped: (status) => status === 'STOPPED' || status === 'DELETING',
};

export const isStatusGroup = (value: string | null): value is StatusGroup =>
  value !== null && Object.hasOwn(STATUS_GROUPS, value);
