import type { DeploymentPhase, DeploymentStatus } from '#prisma/generated/client/enums.ts';

/** A release answers calls. */
export const isServing = (status: DeploymentStatus): boolean => status === 'RUNNING' || status === 'UNHEALTHY';

/** A release answers calls, or would when woken: a new one is prepared beside it. */
export const servesNow = (status: DeploymentStatus): boolean => isServing(status) || status === 'ASLEEP';

/** Somebody waits for it to become something else. */
export const isUnderWay = (status: DeploymentStatus): boolean => status === 'DEPLOYING' || status === 'DELETING';

/** Nothing happens until its owner wants something. */
export const isAtRest = (status: DeploymentStatus): boolean => status === 'STOPPED' || status === 'FAILED';

/** What is being done in a phase, as a timeline shows it. */
export const PHASE_MESSAGES = {
  QUEUED: 'Waiting for a worker.',
  CREATING_MACHINE: 'Creating the machine.',
  STARTING_MACHINE: 'Starting the machine.',
  INSTALLING: 'Installing the package.',
  STARTING_SERVER: 'Starting the server.',
  HANDSHAKE: 'Asking the server for its tools.',
} satisfies Record<DeploymentPhase, string>;

/** How long a wake took, as a timeline shows it. */
export const awakeAfter = (wakeMs: number): string =>
  `Awake again after ${wakeMs < 1000 ? `${wakeMs} ms` : `${(wakeMs / 1000).toFixed(1)} s`}`;
