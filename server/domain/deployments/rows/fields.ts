import { z } from 'zod';
import { argumentFieldSchema, candidateLaunchSchema, credentialFieldSchema } from '#server/domain/analysis/result.ts';

const fieldsSchema = z.object({
  credentials: z.array(credentialFieldSchema),
  arguments: z.array(argumentFieldSchema),
  /** Arguments that always come first: a subcommand, or the flag that turns stdio on. */
  fixedArguments: z.array(z.string()),
  /** The command line that was pasted, or that a registry declares. */
  launch: candidateLaunchSchema.exactOptional(),
});

/** The form of a deployment, as `Deployment.fields` keeps it. */
export type DeploymentFields = z.infer<typeof fieldsSchema>;

export const parseFields = (json: unknown): DeploymentFields => fieldsSchema.parse(json);
