import type { AnalysisStage, StageProgress, StageState } from './stages.ts';

/** Tells how far an analysis is; resolves once it is known to others. */
export type Report = (stage: AnalysisStage, state: StageState, message: string) => Promise<void>;

/** Progress with one line a stage, in the order in which the stages began. */
export function withStage(progress: readonly StageProgress[], line: StageProgress): StageProgress[] {
  const known = progress.some((one) => one.stage === line.stage);
  return known ? progress.map((one) => (one.stage === line.stage ? line : one)) : [...progress, line];
}
