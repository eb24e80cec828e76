import { z } from 'zod';
import type { Transaction } from '#prisma/client.ts';
import type { Envelopes } from './envelope.ts';

const keyValues = z.record(z.string(), z.string());

/** Everything secret that a release runs with, as it is sealed: one version of a deployment's credentials. */
const credentialPayload = z.object({
  /** Values of the form, by field name; FILE values are base64. */
  credentials: keyValues,
  /** Values of the argument form, by field name. */
  arguments: z.record(z.string(), z.array(z.string())),
  extraArguments: z.array(z.string()),
  extraEnvironment: keyValues,
  /** Values for the child process, rendered from the above when this version was made. */
  rendered: z.object({
    args: z.array(z.string()),
    env: keyValues,
    files: z.array(z.object({ env: z.string(), name: z.string(), contentBase64: z.string() })),
    secrets: z.array(z.string()),
  }),
});

/** The arguments as they may be shown: secret ones as HIDDEN. */
export type ShownArguments = { arguments: { name: string; value: string }[]; extraArguments: string[] };

export type CredentialPayload = z.infer<typeof credentialPayload>;

export async function saveCredentialSet(
  tx: Transaction,
  envelopes: Envelopes,
  set: { deploymentId: string; version: number; payload: CredentialPayload; shown: ShownArguments },
): Promise<void> {
  const { deploymentId, version, payload, shown } = set;
  const envelope = await envelopes.seal(JSON.stringify(payload), contextOf(deploymentId, version));
  const names = [...Object.keys(payload.credentials), ...Object.keys(payload.extraEnvironment)].sort();
  await tx.credentialSet.create({ data: { deploymentId, version, envelope, names, shown } });
}

export async function openCredentialSet(
  envelopes: Envelopes,
  row: { deploymentId: string; version: number; envelope: string },
): Promise<CredentialPayload> {
  const text = await envelopes.open(row.envelope, contextOf(row.deploymentId, row.version));
  return credentialPayload.parse(JSON.parse(text));
}

const contextOf = (deploymentId: string, version: number) =>
  ({ purpose: 'credentials', subject: deploymentId, version }) as const;
