import type { AnalysisFailure } from '#server/domain/analysis/result.ts';
import { ERROR_CODES } from '#server/domain/errors.ts';
import { builder } from '../builder.ts';
import { ErrorCodeEnum } from '../errors.ts';

export const AnalysisFailureType = builder.objectRef<AnalysisFailure>('AnalysisFailure').implement({
  description: 'Why an analysis or a trial has no result, or only part of one.',
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeEnum,
      description: 'Error code for programs.',
      resolve: ({ code }) => ERROR_CODES.find((known) => known === code) ?? 'ANALYSIS_FAILED',
    }),
    message: t.exposeString('message', { description: 'The error, in one sentence.' }),
    hint: t.exposeString('hint', { nullable: true, description: 'Suggested fix.' }),
    retryable: t.exposeBoolean('retryable', { description: 'True if a retry may succeed.' }),
  }),
});
