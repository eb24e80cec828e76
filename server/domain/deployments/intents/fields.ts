import { z } from 'zod';
import { argumentFieldSchema, candidateLaunchSchema, credentialFieldSchema } from '#server/domain/analysis/result.ts';

const fieldsSchema = z.object({
  credentials: z.array(credentialFieldSchema),
  arguments: z.array(argumentFieldSchema),
  /** Arguments that are always given, first: a subcommand, or the flag that stdio needs. */
  fixedArguments: z.array(z.string()),
  /** The command line that was pasted, or that a registry declares. */
  launch: candidateLaunchSchema.exactOptional(),
});

/** The form that a deployment was made with, as `Deployment.fields` keeps it. */
export type DeploymentFields = z.infer<typeof fieldsSchema>;

export const parseFields = (json: unknown): DeploymentFields => fieldsSchema.parse(json);
