import { redactorOf } from '#deploy/host/redact.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import { openCredentialSet } from '#server/domain/credentials/credential-set.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import { findOwnersRevision } from '../personal/give-owners-values.ts';
import { type OpenDeps, openCallerValues } from '../personal/open-caller-values.ts';
import { openHostToken } from '../rows/releases.ts';
import type { Snapshot } from '../rows/snapshot.ts';

type RedactDeps = { prisma: PrismaClient; envelopes: Envelopes };

/**
 * Takes the credentials of a release out of what its server offers, as the host does with its log: some servers put a
 * key into the description of a tool, and a snapshot is kept in plain text.
 */
export async function redactSnapshot(deps: RedactDeps, release: Release, snapshot: Snapshot): Promise<Snapshot> {
  const redact = await releaseRedactor(deps, release);
  return redactStrings(snapshot, redact) as Snapshot; // the same shape: only characters inside strings change
}

/** Returns a function that takes the credentials of a release out of a text of its server. */
export async function releaseRedactor(
  { prisma, envelopes }: RedactDeps,
  release: Release,
): Promise<(text: string) => string> {
  const { deploymentId, credentialVersion: version } = release;
  const set = await prisma.credentialSet.findUniqueOrThrow({
    where: { deploymentId_version: { deploymentId, version } },
  });
  const { rendered } = await openCredentialSet(envelopes, set);
  const files = rendered.files.map(({ contentBase64 }) => Buffer.from(contentBase64, 'base64').toString('utf8'));
  const own = await ownersSecrets({ prisma, envelopes }, release);
  return redactorOf([...rendered.secrets, ...files, ...own, await openHostToken(envelopes, release)]);
}

/** The handshake of a release with personal fields is made with the owner's own values. */
async function ownersSecrets(deps: OpenDeps, release: Release): Promise<string[]> {
  if (release.personalFields.length === 0) return [];
  const revision = await findOwnersRevision(deps.prisma, release.deploymentId);
  return (await openCallerValues(deps, release, revision))?.secrets ?? [];
}

function redactStrings(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((entry) => redactStrings(entry, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [redact(key), redactStrings(entry, redact)]));
}
