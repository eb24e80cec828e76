import type { CallerValues } from '#deploy/host/contract.ts';
import { VALUES_NONE } from '#deploy/host/header-contract.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { openCredentialSet } from '#server/domain/credentials/credential-set.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import { openPersonalValues } from '#server/domain/credentials/personal-values.ts';
import { parseFields } from '../rows/fields.ts';
import { renderOverlay } from './personal-form.ts';

export type OpenDeps = { prisma: PrismaClient; envelopes: Envelopes };

type ReleaseOf = { deploymentId: string; credentialVersion: number; personalFields: string[] };

/** The values of a row, as the host of a release takes them; null if the row is gone: the values have changed. */
export async function openCallerValues(
  { prisma, envelopes }: OpenDeps,
  { deploymentId, credentialVersion: version, personalFields }: ReleaseOf,
  revision: string,
): Promise<Omit<CallerValues, 'principal'> | null> {
  if (revision === VALUES_NONE) return { revision, at: 0, env: {}, secrets: [] };
  const row = await prisma.personalValues.findFirst({ where: { id: revision, deploymentId } });
  if (!row) return null;
  const set = await prisma.credentialSet.findUniqueOrThrow({
    where: { deploymentId_version: { deploymentId, version } },
    include: { deployment: { select: { fields: true } } },
  });
  const overlay = renderOverlay(
    parseFields(set.deployment.fields),
    await openCredentialSet(envelopes, set),
    personalFields,
    await openPersonalValues(envelopes, row),
  );
  return { revision, at: row.createdAt.getTime(), ...overlay };
}
