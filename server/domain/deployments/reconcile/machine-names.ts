import { METADATA_KEYS } from '#deploy/machine-config.ts';

/** `Machine.state` from just before the create call until its answer is stored. */
export const CREATE_REQUESTED = 'create-requested';

/** Follows from deployment and release, so that the API refuses a second create of the same machine by its name. */
export const machineName = (deploymentId: string, releaseNumber: number): string =>
  `cw-${deploymentId}-r${releaseNumber}`;

/** The name for a machine of a release beside others that exist: a machine on lost hardware keeps its name. */
export function freeMachineName(deploymentId: string, releaseNumber: number, taken: ReadonlySet<string>): string {
  const first = machineName(deploymentId, releaseNumber);
  if (!taken.has(first)) return first;
  let count = 2;
  while (taken.has(`${first}-${count}`)) count += 1;
  return `${first}-${count}`;
}

/** Identifies the owner of a machine; the hash of its configuration is added when that is built. */
export const machineMetadata = (owner: { installationId: string; deploymentId: string; releaseId: string }) => ({
  [METADATA_KEYS.installation]: owner.installationId,
  [METADATA_KEYS.deployment]: owner.deploymentId,
  [METADATA_KEYS.release]: owner.releaseId,
});
