import { z } from 'zod';
import {
  type AnalysisFailure,
  type AnalysisResult,
  analysisFailureSchema,
  analysisResultSchema,
  type StageProgress,
  stageProgressSchema,
} from '#server/domain/analysis/result.ts';

/** The shapes of the JSON columns. Rows of an older version that do not parse read as empty, so that a page still opens. */

export const analysisResult = (column: unknown): AnalysisResult =>
  analysisResultSchema.safeParse(column).data ?? { candidates: [], warnings: [] };

export const analysisFailure = (column: unknown): AnalysisFailure | null =>
  analysisFailureSchema.nullable().safeParse(column).data ?? null;

export const analysisProgress = (column: unknown): StageProgress[] =>
  z.array(stageProgressSchema).safeParse(column).data ?? [];
