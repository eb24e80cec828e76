import { randomBytes, randomUUID } from 'node:crypto';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { Transaction } from '#prisma/client.ts';
import type { Deployment, Prisma, Release } from '#prisma/generated/client/client.ts';
import { packageSpecSchema } from '#server/domain/analysis/result.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';

export type ReleaseReason = 'deploy' | 'redeploy' | 'rollback' | 'credentials' | 'settings';

/** The part of a release that a newer one may take over unchanged. */
export type ReleaseContent = {
  runtime: Release['runtime'];
  package: string;
  version: string;
  integrity: string | null;
  spec: PackageSpec;
  credentialVersion: number;
};

export const contentOf = (release: Release): ReleaseContent => ({
  runtime: release.runtime,
  package: release.package,
  version: release.version,
  integrity: release.integrity,
  spec: specOf(release),
  credentialVersion: release.credentialVersion,
});

/** Reads the JSON column; throws for a release of an older version that does not parse. */
export const specOf = ({ spec }: Pick<Release, 'spec'>): PackageSpec => packageSpecSchema.parse(spec);

/** Adds the next release of a deployment, with a host token of its own. The deployment's row must be locked. */
export async function addRelease(
  tx: Transaction,
  envelopes: Envelopes,
  deployment: Pick<
    Deployment,
    'id' | 'region' | 'memoryMb' | 'processor' | 'isolation' | 'egress' | 'egressHosts' | 'personalFields'
  >,
  content: ReleaseContent,
  reason: ReleaseReason,
): Promise<Release> {
  const id = randomUUID();
  const last = await tx.release.findFirst({
    where: { deploymentId: deployment.id },
    orderBy: { number: 'desc' },
    select: { number: true },
  });
  const number = (last?.number ?? 0) + 1;
  return tx.release.create({
    data: {
      id,
      deploymentId: deployment.id,
      number,
      runtime: content.runtime,
      package: content.package,
      version: content.version,
      integrity: content.integrity,
      spec: content.spec as Prisma.InputJsonObject, // plain data
      credentialVersion: content.credentialVersion,
      region: deployment.region,
      memoryMb: deployment.memoryMb,
      processor: deployment.processor,
      isolation: deployment.isolation,
      egress: deployment.egress,
      egressHosts: deployment.egressHosts,
      personalFields: deployment.personalFields,
      hostToken: await envelopes.seal(randomBytes(32).toString('base64url'), hostTokenContext(id)),
      reason,
    },
  });
}

export const openHostToken = (envelopes: Envelopes, release: Pick<Release, 'id' | 'hostToken'>): Promise<string> =>
  envelopes.open(release.hostToken, hostTokenContext(release.id));

const hostTokenContext = (releaseId: string) => ({ purpose: 'host-token', subject: releaseId, version: 1 }) as const;
