import { z } from 'zod';

const v1 = z.looseObject({
  buildDefinition: z.looseObject({
    externalParameters: z.looseObject({ workflow: z.looseObject({ repository: z.string() }) }),
  }),
});
const v02 = z.looseObject({ invocation: z.looseObject({ configSource: z.looseObject({ uri: z.string() }) }) });

const statementSchema = z.looseObject({
  subject: z.array(z.looseObject({ digest: z.looseObject({ sha512: z.string().optional() }) })),
  predicate: z.unknown(),
});
const answerSchema = z.looseObject({
  attestations: z.array(
    z.looseObject({
      predicateType: z.string(),
      bundle: z.looseObject({ dsseEnvelope: z.looseObject({ payload: z.string() }) }),
    }),
  ),
});

const SLSA = 'https://slsa.dev/provenance/';

function repositoryIn(predicate: unknown): string | null {
  const newer = v1.safeParse(predicate).data;
  if (newer) return newer.buildDefinition.externalParameters.workflow.repository;
  const older = v02.safeParse(predicate).data;
  return older?.invocation.configSource.uri.replace(/^git\+/, '').replace(/@refs\/.*$/, '') ?? null;
}

/**
 * The repository that a version was built in, as its SLSA provenance (v1 or v0.2) says. The registry checked the
 * signature when the version was published; here the statement must be about these very bytes.
 */
export function provenanceIn(answer: unknown, integrity: string | null): string | null {
  const parsed = answerSchema.safeParse(answer);
  const sha512 = /^sha512-([A-Za-z0-9+/=]+)/.exec(integrity ?? '')?.[1];
  if (!parsed.success || !sha512) return null;
  const digest = Buffer.from(sha512, 'base64').toString('hex');
  for (const { predicateType, bundle } of parsed.data.attestations) {
    if (!predicateType.startsWith(SLSA)) continue;
    let payload: unknown;
    try {
      payload = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8'));
    } catch {
      continue; // another kind of envelope
    }
    const statement = statementSchema.safeParse(payload).data;
    if (statement?.subject.some((subject) => subject.digest.sha512 === digest))
      return repositoryIn(statement.predicate);
  }
  return null;
}
