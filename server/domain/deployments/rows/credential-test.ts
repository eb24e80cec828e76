import { z } from 'zod';

/** How a deliberate try of a deployment's credentials ended. */
export const CREDENTIAL_TEST_OUTCOMES = ['PASSED', 'FAILED', 'UNTESTABLE'] as const;

const credentialTestSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  outcome: z.enum(CREDENTIAL_TEST_OUTCOMES),
  /** The tool that was called; null where none could be. */
  tool: z.string().nullable(),
  /** The finding, in one sentence. */
  message: z.string(),
  /** The release whose credentials were tried. */
  releaseId: z.string(),
});

/** The last try of the credentials of a deployment, as its row keeps it. */
export type CredentialTest = z.infer<typeof credentialTestSchema>;

/** Reads the JSON column; null for a deployment whose credentials were never tried, or tried for another release. */
export const parseCredentialTest = (column: unknown, releaseId: string | null): CredentialTest | null => {
  const test = credentialTestSchema.safeParse(column).data ?? null;
  return test?.releaseId === releaseId ? test : null;
};
