import type { Status } from '../../ui/data/status.ts';

export type StatusGroup = 'all' | 'running' | 'attention' | 'stopped';

/** How the list is filtered. Deploying counts as running: it is on its way there. */
export const STATUS_GROUPS: Record<StatusGroup, ReadonlySet<Status>> = {
  all: new Set(['DEPLOYING', 'RUNNING', 'UNHEALTHY', 'ASLEEP', 'STOPPED', 'FAILED', 'DELETING', 'DELETED']),
  running: new Set(['DEPLOYING', 'RUNNING', 'ASLEEP']),
  attention: new Set(['FAILED', 'UNHEALTHY']),
  stopped: new Set(['STOPPED', 'DELETING']),
};

export const isStatusGroup = (value: string | null): value is StatusGroup =>
  value !== null && Object.hasOwn(STATUS_GROUPS, value);

/** What a deployment can be asked for in each status; the server refuses the rest. */
export const CAN_START: ReadonlySet<Status> = new Set(['STOPPED', 'FAILED', 'ASLEEP']);
export const CAN_STOP: ReadonlySet<Status> = new Set(['RUNNING', 'UNHEALTHY', 'DEPLOYING', 'ASLEEP', 'FAILED']);
export const CAN_RESTART: ReadonlySet<Status> = new Set(['RUNNING', 'UNHEALTHY']);
