import type { Status } from '../status/status.ts';

const FAULTS: Partial<Record<Status, string>> = {
  DEPLOYING: 'Starting up. Its tools appear once it runs.',
  UNHEALTHY: 'Not responding. Clients may not see its tools.',
  FAILED: 'Failed. Clients don’t see its tools until it runs again.',
  STOPPED: 'Stopped. Clients don’t see its tools until you start it.',
  DELETING: 'Being deleted. It leaves the bundle.',
  DELETED: 'Deleted. Clients don’t see its tools.',
};

/** Why clients of a bundle may miss the tools of a member; null for one that answers, or that a call wakes. */
export const faultOf = (status: Status): string | null => FAULTS[status] ?? null;
