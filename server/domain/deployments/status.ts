import type { Deployment } from '#prisma/generated/client/client.ts';
import type { DeploymentPhase, DeploymentStatus } from '#prisma/generated/client/enums.ts';

type WithStatus = Pick<Deployment, 'status'>;

/** Statuses in which a release answers calls, for queries. */
export const SERVING_STATUSES = ['RUNNING', 'UNHEALTHY'] as const satisfies DeploymentStatus[];

/** A release answers calls. */
export const isServing = ({ status }: WithStatus): boolean => status === 'RUNNING' || status === 'UNHEALTHY';

/** The release sleeps until it is called. */
export const isAsleep = ({ status }: WithStatus): boolean => status === 'ASLEEP';

/** A release answers calls, or does so once it is woken: a new release is prepared beside it. */
export const canServe = (deployment: WithStatus): boolean => isServing(deployment) || isAsleep(deployment);

/** The failure of the row belongs to the release that serves. */
export const isServingWithFailure = ({ status }: WithStatus): boolean => status === 'UNHEALTHY';

/** The owner stopped or deleted the deployment: calls that are under way end. */
export const isOver = ({ status }: WithStatus): boolean =>
  status === 'STOPPED' || status === 'DELETING' || status === 'DELETED';

/** The owner wants the deployment to run, and no failure has ended the attempt. */
export const isToRun = ({ desired, status }: Pick<Deployment, 'desired' | 'status'>): boolean =>
  desired === 'RUNNING' && status !== 'FAILED';

/** The target release is not the one that serves: it is on its way to replace it. */
export const isReplacing = ({
  targetReleaseId,
  currentReleaseId,
}: Pick<Deployment, 'targetReleaseId' | 'currentReleaseId'>): boolean =>
  targetReleaseId !== null && targetReleaseId !== currentReleaseId;

/** The deployment sleeps, and the release that sleeps is on its way back. */
export const isWaking = (
  deployment: Pick<Deployment, 'status' | 'phase' | 'targetReleaseId' | 'currentReleaseId'>,
): boolean => isAsleep(deployment) && deployment.phase !== null && !isReplacing(deployment);

/** The owner wants the deployment to run, and a release is on its way. */
export const isComingUp = ({ desired, phase }: Pick<Deployment, 'desired' | 'phase'>): boolean =>
  desired === 'RUNNING' && phase !== null;

/** Statuses in which a process may run for the deployment, for queries. */
export const ACTIVE_STATUSES = [...SERVING_STATUSES, 'ASLEEP', 'DEPLOYING'] as const satisfies DeploymentStatus[];

/** A process may run for the deployment. */
export const isActive = ({ status }: WithStatus): boolean => canServe({ status }) || status === 'DEPLOYING';

/** The sentence of the timeline when a phase begins. */
export const PHASE_MESSAGES = {
  QUEUED: 'Waiting for a worker.',
  CREATING_MACHINE: 'Creating the machine.',
  STARTING_MACHINE: 'Starting the machine.',
  INSTALLING: 'Installing the package.',
  STARTING_SERVER: 'Starting the server.',
  HANDSHAKE: 'Reading the tools of the server.',
} satisfies Record<DeploymentPhase, string>;

/** The beginning of the timeline's sentence when a deployment has woken. */
export const awakeAfter = (wakeMs: number): string =>
  `Awake after ${wakeMs < 1000 ? `${wakeMs} ms` : `${(wakeMs / 1000).toFixed(1)} s`}`;
