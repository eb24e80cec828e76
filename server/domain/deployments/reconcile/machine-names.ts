import { METADATA_KEYS } from '#deploy/machine-config.ts';

/** `Machine.state` between the moment before the create call and the moment its answer was stored. */
export const CREATE_REQUESTED = 'create-requested';

/** Follows from deployment and release, so that a second create of the same machine is refused by its name. */
export const machineName = (deploymentId: string, releaseNumber: number): string =>
  `cw-${deploymentId}-r${releaseNumber}`;

/** Says whose machine it is; the hash of its configuration is added when that is built. */
export const machineMetadata = (owner: { installationId: string; deploymentId: string; releaseId: string }) => ({
  [METADATA_KEYS.installation]: owner.installationId,
  [METADATA_KEYS.deployment]: owner.deploymentId,
  [METADATA_KEYS.release]: owner.releaseId,
});
