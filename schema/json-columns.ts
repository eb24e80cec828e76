import { z } from 'zod';
import {
  type AnalysisFailure,
  type AnalysisResult,
  analysisFailureSchema,
  analysisResultSchema,
  type StageProgress,
  stageProgressSchema,
} from '#server/domain/analysis/result.ts';
import type { DeploymentFailure, Snapshot } from '#server/domain/deployments/rows/deployment-data.ts';
import type { EventFacts } from '#server/domain/deployments/rows/transition.ts';

/** What the JSON columns hold. Rows of an older version that do not parse read as empty, so that a page still opens. */

export const analysisResult = (column: unknown): AnalysisResult =>
  analysisResultSchema.safeParse(column).data ?? { candidates: [], warnings: [] };

export const analysisFailure = (column: unknown): AnalysisFailure | null =>
  analysisFailureSchema.nullable().safeParse(column).data ?? null;

export const analysisProgress = (column: unknown): StageProgress[] =>
  z.array(stageProgressSchema).safeParse(column).data ?? [];

// All are written by the reconciler alone, from these types.
export const deploymentFailure = (column: unknown): DeploymentFailure | null => column as DeploymentFailure | null;
export const eventFacts = (column: unknown): EventFacts => (column ?? {}) as EventFacts;
export const snapshotOf = (column: unknown): Snapshot | null => column as Snapshot | null;
