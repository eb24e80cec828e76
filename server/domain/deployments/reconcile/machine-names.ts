import { METADATA_KEYS } from '#deploy/machine-config.ts';

/** `Machine.state` from just before the create call until its answer is stored. */
export const CREATE_REQUESTED = 'create-requested';

/** Follows from deployment and release, so that the API refuses a second create of the same machine by its name. */
export const machineName = (deploymentId: string, releaseNumber: number): string =>
  `cw-${deploymentId}-r${releaseNumber}`;

/** Identifies the owner of a machine; the hash of its configuration is added when that is built. */
export const machineMetadata = (owner: { installationId: string; deploymentId: string; releaseId: string }) => ({
  [METADATA_KEYS.installation]: owner.installationId,
  [METADATA_KEYS.deployment]: owner.deploymentId,
  [METADATA_KEYS.release]: owner.releaseId,
});
