import { z } from 'zod';

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

/** Tells how far an analysis is; resolves once it is known to others. */
export type Report = (stage: AnalysisStage, state: StageState, message: string) => Promise<void>;

/** Progress with one line a stage, in the order in which the stages began. */
export function withStage(progress: readonly StageProgress[], line: StageProgress): StageProgress[] {
  const known = progress.some((one) => one.stage === line.stage);
  return known ? progress.map((one) => (one.stage === line.stage ? line : one)) : [...progress, line];
}
