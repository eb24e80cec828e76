import type { Status } from '../../ui/status.ts';

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
