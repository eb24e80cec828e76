import { z } from 'zod';
import type { AttemptReport } from '#deploy/host/contract.ts';
import { toolSummarySchema } from '../analysis/result.ts';
import { missingSchema } from '../deployments/rows/failure.ts';

/** One line of `Trial.steps`, newest last. */
export const trialStepSchema = z.object({
  message: z.string(),
  /** ISO 8601. */
  at: z.string(),
});

/**
 * RUNS: it needs nothing. RUNS_WITH_VALUES: it served with dummies for what it asked for. NEEDS_REAL_VALUES: it refused
 * the dummies. DOES_NOT_START: it ended, or stayed silent, for another reason.
 */
export const CONCLUSIONS = ['RUNS', 'RUNS_WITH_VALUES', 'NEEDS_REAL_VALUES', 'DOES_NOT_START'] as const;

/** `Trial.result`: what the starts of a server without credentials have shown. */
export const trialResultSchema = z.object({
  conclusion: z.enum(CONCLUSIONS),
  /** All that the server asked for; of each list one entry is enough. */
  needs: z.array(z.array(missingSchema)),
  /** Words that start the server, before all other arguments. */
  mode: z.array(z.string()),
  eras: z.array(z.enum(['legacy', 'modern'])),
  serverInfo: z.object({ name: z.string(), version: z.string() }).nullable(),
  tools: z.array(toolSummarySchema),
  /** Why the last start failed; null when it served. */
  failure: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
  stderrTail: z.array(z.string()),
  /** Processor time of the installation in milliseconds; null where it was copied, or could not be measured. */
  installMs: z.number().nullable().default(null),
});

export type TrialStep = z.infer<typeof trialStepSchema>;
export type TrialResult = z.infer<typeof trialResultSchema>;

const TEXT_CHARACTERS_MAX = 2_000;
const LINES_MAX = 20;
const text = z.string().transform((value) => value.slice(0, TEXT_CHARACTERS_MAX));

/** The report of a host, of which the part that comes from the server is bounded again. */
export const attemptReportSchema = z.object({
  outcome: z.enum(['SERVED', 'ENDED', 'SILENT', 'FLOODED']),
  eras: z.array(z.enum(['legacy', 'modern'])),
  serverInfo: z.object({ name: text, version: text }).nullable(),
  tools: z.array(z.object({ name: text, description: text.nullable() })).max(1_000),
  failure: z
    .object({
      code: z.string(),
      message: text,
      hint: text.exactOptional(),
      needs: z.array(z.array(missingSchema)).exactOptional(),
      modes: z.array(z.array(z.string())).exactOptional(),
      stderrTail: z.array(text).transform((lines) => lines.slice(-LINES_MAX)),
    })
    .nullable(),
  milliseconds: z.number(),
});

/** The part of a host's report that a trial reads. */
export type Report = Pick<AttemptReport, 'outcome' | 'eras' | 'serverInfo' | 'tools'> & {
  failure: z.infer<typeof attemptReportSchema>['failure'];
};
