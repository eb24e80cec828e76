import { CONCLUSIONS, type TrialStep } from '#server/domain/trials/trial.ts';
import { builder } from '../builder.ts';
import { PROTOCOL_ERAS, ProtocolEraEnum } from '../enums.ts';
import { analysisFailure, trialResult, trialSteps } from '../json-columns.ts';
import { ToolSummaryType } from '../tools.ts';
import { AnalysisFailureType } from './failure.ts';
import { StartNeedType } from './start-need.ts';

const TrialStatusEnum = builder.enumType('TrialStatus', {
  description: 'RUNNING: follow analysisProgress. DONE: it has a result. FAILED: it could not be carried out.',
  values: ['RUNNING', 'DONE', 'FAILED'] as const,
});

const TrialConclusionEnum = builder.enumType('TrialConclusion', {
  description:
    'RUNS: it needs nothing to start. RUNS_WITH_VALUES: it started once dummies stood for what it asked for. NEEDS_REAL_VALUES: it refused the dummies. DOES_NOT_START: it did not start for another reason.',
  values: CONCLUSIONS,
});

const TrialStepType = builder.objectRef<TrialStep>('TrialStep').implement({
  description: 'One step of a trial.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'The step, in one sentence.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was reached.' }),
  }),
});

builder.prismaObject('Trial', {
  description: 'Starts of a server without credentials, on a machine that is deleted afterwards.',
  fields: (t) => ({
    databaseId: t.exposeID('id', { description: 'The UUID of the trial.' }),
    candidateKey: t.exposeID('candidateKey', {
      nullable: true,
      description: 'The candidate that is started; null until the analysis has found it.',
    }),
    status: t.expose('status', { type: TrialStatusEnum, description: 'Current state.' }),
    steps: t.field({
      type: [TrialStepType],
      description: 'Steps of the trial so far, oldest first.',
      select: { steps: true },
      resolve: ({ steps }) => trialSteps(steps),
    }),
    conclusion: t.field({
      type: TrialConclusionEnum,
      nullable: true,
      description: 'What the starts have shown; null until it is done.',
      select: { result: true },
      resolve: ({ result }) => trialResult(result)?.conclusion ?? null,
    }),
    needs: t.field({
      type: [StartNeedType],
      description: 'All that the server asked for.',
      select: { result: true },
      resolve: ({ result }) => trialResult(result)?.needs ?? [],
    }),
    mode: t.stringList({
      description: 'Words that start the server, such as a subcommand; they come first on the command line.',
      select: { result: true },
      resolve: ({ result }) => trialResult(result)?.mode ?? [],
    }),
    eras: t.field({
      type: [ProtocolEraEnum],
      description: 'Eras of the protocol that the server speaks.',
      select: { result: true },
      resolve: ({ result }) => (trialResult(result)?.eras ?? []).map((era) => PROTOCOL_ERAS[era]),
    }),
    tools: t.field({
      type: [ToolSummaryType],
      description: 'Tools of the server that was started.',
      select: { result: true },
      resolve: ({ result }) => trialResult(result)?.tools ?? [],
    }),
    failure: t.field({
      type: AnalysisFailureType,
      nullable: true,
      description: 'Why the trial failed, or why the last start did.',
      select: { result: true, failure: true },
      resolve: ({ result, failure }) => {
        const last = trialResult(result)?.failure;
        return analysisFailure(failure) ?? (last ? { ...last, retryable: false } : null);
      },
    }),
    stderrTail: t.stringList({
      description: 'The last lines that the server wrote in its last start.',
      select: { result: true },
      resolve: ({ result }) => trialResult(result)?.stderrTail ?? [],
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was requested.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
  }),
});
