import { z } from 'zod';
import type { Missing } from '#deploy/host/contract.ts';
import { ERROR_CODES } from '#server/domain/errors.ts';

/** Something that a server reported missing. */
export const missingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('variable'), name: z.string() }),
  z.object({ kind: z.literal('argument'), flag: z.string().nullable(), name: z.string() }),
]) satisfies z.ZodType<Missing>;

export type MissingSetting = z.infer<typeof missingSchema>;

export const failureSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  hint: z.string().nullable(),
  retryable: z.boolean(),
  /** ISO 8601. */
  occurredAt: z.string(),
  stderrTail: z.array(z.string()),
  /** Names of variables that the server reported as missing. */
  variables: z.array(z.string()).exactOptional(),
  /** All that the server reported missing; of each list one entry is enough. */
  needs: z.array(z.array(missingSchema)).exactOptional(),
  /** Words that its usage text offers to start the server with, the likeliest first. */
  modes: z.array(z.array(z.string())).exactOptional(),
  /** Exit code or signal of the server's process, when its end is the reason. */
  exitCode: z.number().nullish(),
  signal: z.string().nullish(),
  /** Settings with which the deployment may work; clients apply them with one click. */
  proposal: z
    .object({
      memoryMb: z.number().exactOptional(),
      processor: z.string().exactOptional(),
      regions: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
});

/** The reason why a deployment is FAILED or UNHEALTHY, as its row keeps it and its owner sees it. Redacted. */
export type DeploymentFailure = z.infer<typeof failureSchema>;

/** Reads a JSON column; null for a row without a failure, and for one of an older version that does not parse. */
export const parseFailure = (column: unknown): DeploymentFailure | null => failureSchema.safeParse(column).data ?? null;
