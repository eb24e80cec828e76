import { z } from 'zod';

/** How far an analysis has come, as it is kept in `Analysis.progress`. */

export const ANALYSIS_STAGES = ['RESOLVE', 'COLLECT', 'DETECT', 'MODEL', 'VERIFY'] as const;
export const stageSchema = z.enum(ANALYSIS_STAGES);
export const stageStateSchema = z.enum(['RUNNING', 'DONE', 'SKIPPED', 'FAILED']);

/** One line of `Analysis.progress`, newest last; a stage's later line replaces its earlier one. */
export const stageProgressSchema = z.object({
  stage: stageSchema,
  state: stageStateSchema,
  message: z.string(),
  /** ISO 8601. */
  at: z.string(),
});

export type AnalysisStage = z.infer<typeof stageSchema>;
export type StageState = z.infer<typeof stageStateSchema>;
export type StageProgress = z.infer<typeof stageProgressSchema>;
