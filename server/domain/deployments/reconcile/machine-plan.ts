import type { HostConfig } from '#deploy/host/contract.ts';
import { buildMachineConfig, type MachineConfig } from '#deploy/machine-config.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { timeFactor } from '#server/domain/catalog.ts';
import { openCredentialSet } from '#server/domain/credentials/credential-set.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import { getProcessor } from '#server/domain/processors.ts';
import { sharedPayload } from '../personal/personal-form.ts';
import { parseFields } from '../rows/fields.ts';
import { openHostToken, specOf } from '../rows/releases.ts';
import type { Fleet } from './fleet.ts';
import { machineMetadata } from './machine-names.ts';

export type MachinePlanDeps = {
  prisma: PrismaClient;
  envelopes: Envelopes;
  installationId: string;
  /** How long a server may take to answer its handshake; the host's default when absent. */
  handshakeTimeoutMs?: number;
};

/**
 * Builds the configuration of a release's machine in an app. Opens the credentials: call it only to create a machine or
 * to compare one with its configuration, and drop the result at once.
 */
export async function planMachine(
  deps: MachinePlanDeps,
  release: Release,
  fleet: Fleet,
  app: string,
): Promise<MachineConfig> {
  const set = await deps.prisma.credentialSet.findUniqueOrThrow({
    where: { deploymentId_version: { deploymentId: release.deploymentId, version: release.credentialVersion } },
    include: { deployment: { select: { fields: true } } },
  });
  const fields = parseFields(set.deployment.fields);
  const { personalFields } = release;
  const opened = await openCredentialSet(deps.envelopes, set);
  const { rendered } = sharedPayload(fields, opened, personalFields);
  const spec = specOf(release);
  const hostConfig: HostConfig = {
    token: await openHostToken(deps.envelopes, release),
    package: spec,
    ...(spec.runtime === 'oci' ? { registries: fleet.registriesFor(spec.image) } : {}),
    args: rendered.args,
    env: rendered.env,
    secrets: rendered.secrets,
    files: rendered.files,
    isolation: release.isolation,
    memoryMb: release.memoryMb,
    timeFactor: timeFactor(release),
    knownVariables: fields.credentials.map(({ name }) => name),
    ...(personalFields.length === 0 ? {} : { personal: true }),
    ...(release.egress === 'MACHINE' ? {} : { egress: { policy: release.egress, hosts: release.egressHosts } }),
    ...(deps.handshakeTimeoutMs === undefined ? {} : { handshakeTimeoutMs: deps.handshakeTimeoutMs }),
  };
  const { kind, cpus } = getProcessor(release.processor);
  return buildMachineConfig({
    image: fleet.image,
    hostConfig,
    metadata: machineMetadata({
      installationId: deps.installationId,
      deploymentId: release.deploymentId,
      releaseId: release.id,
    }),
    memoryMb: release.memoryMb,
    cpuKind: kind,
    cpus,
    reach: fleet.addressModeOf(app).kind,
  });
}
