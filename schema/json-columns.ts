import { z } from 'zod';
import { type StageProgress, stageProgressSchema } from '#server/domain/analysis/progress.ts';
import {
  type AnalysisFailure,
  type AnalysisResult,
  analysisFailureSchema,
  analysisResultSchema,
} from '#server/domain/analysis/result.ts';
import { type TrialResult, type TrialStep, trialResultSchema, trialStepSchema } from '#server/domain/trials/trial.ts';

/** The shapes of the JSON columns. Rows of an older version that do not parse read as empty, so that a page still opens. */

export const analysisResult = (column: unknown): AnalysisResult =>
  analysisResultSchema.safeParse(column).data ?? { candidates: [], warnings: [] };

export const analysisFailure = (column: unknown): AnalysisFailure | null =>
  analysisFailureSchema.nullable().safeParse(column).data ?? null;

export const analysisProgress = (column: unknown): StageProgress[] =>
  z.array(stageProgressSchema).safeParse(column).data ?? [];

export const trialSteps = (column: unknown): TrialStep[] => z.array(trialStepSchema).safeParse(column).data ?? [];

export const trialResult = (column: unknown): TrialResult | null =>
  trialResultSchema.nullable().safeParse(column).data ?? null;
