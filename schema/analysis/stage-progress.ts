import type { StageProgress } from '#server/domain/analysis/progress.ts';
import { builder } from '../builder.ts';
import { AnalysisStageEnum, StageStateEnum } from '../enums.ts';

export const StageProgressType = builder.objectRef<StageProgress>('StageProgress').implement({
  description: 'One step of an analysis.',
  fields: (t) => ({
    stage: t.expose('stage', { type: AnalysisStageEnum, description: 'The step.' }),
    state: t.expose('state', { type: StageStateEnum, description: 'Current state.' }),
    message: t.exposeString('message', { description: 'The work or finding of the step, in one sentence.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it reached this state.' }),
  }),
});
