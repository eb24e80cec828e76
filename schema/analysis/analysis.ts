import { pastedSecrets } from '#server/domain/analysis/candidates/pasted-secrets.ts';
import type { AnalysisWarning, Suggestion } from '#server/domain/analysis/result.ts';
import { builder } from '../builder.ts';
import { AnalysisStatusEnum, WarningWeightEnum } from '../enums.ts';
import { rowUuid } from '../ids.ts';
import { analysisFailure, analysisProgress, analysisResult } from '../json-columns.ts';
import { ServerCandidateType } from './candidate.ts';
import { AnalysisFailureType } from './failure.ts';
import { StageProgressType } from './stage-progress.ts';
import './trial.ts';

const AnalysisWarningType = builder.objectRef<AnalysisWarning>('AnalysisWarning').implement({
  description: 'Something to know before deploying.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Warning code for programs.' }),
    message: t.exposeString('message', { description: 'The finding, in one sentence.' }),
    weight: t.expose('weight', { type: WarningWeightEnum, description: 'Weight of the warning.' }),
    candidateKey: t.id({
      nullable: true,
      description: 'The candidate it is about; null for all of them.',
      resolve: (warning) => warning.candidateKey ?? null,
    }),
  }),
});

const SuggestionOriginEnum = builder.enumType('SuggestionOrigin', {
  description: 'The list in which a server was found.',
  values: {
    MCP_REGISTRY: { description: 'The copy of the MCP registry.' },
    NPM: { description: 'The npm registry.' },
  },
});

const SourceSuggestionType = builder.objectRef<Suggestion>('SourceSuggestion').implement({
  description: 'A server whose name is like the pasted text.',
  fields: (t) => ({
    source: t.exposeString('source', { description: 'Text to analyze instead.' }),
    name: t.exposeString('name', { description: 'Name of the server.' }),
    description: t.exposeString('description', { nullable: true, description: 'Purpose of the server.' }),
    origin: t.expose('origin', { type: SuggestionOriginEnum, description: 'The list in which it was found.' }),
  }),
});

export const AnalysisType = builder.prismaNode('Analysis', {
  description: 'The analysis of a source.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ id: rowUuid(id), ownerId: actor?.userId ?? '' }),
  fields: (t) => ({
    databaseId: t.exposeString('id', { description: 'The UUID, which `id` arguments accept too.' }),
    source: t.exposeString('source', { description: 'The pasted text.' }),
    status: t.expose('status', { type: AnalysisStatusEnum, description: 'Current state.' }),
    cached: t.boolean({
      description: 'True if the result of an earlier analysis was reused.',
      select: { finishedAt: true, createdAt: true },
      resolve: ({ finishedAt, createdAt }) => finishedAt !== null && finishedAt <= createdAt,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when its result is reused.' }),
    stages: t.field({
      type: [StageProgressType],
      description: 'Steps of the analysis so far, oldest first.',
      select: { progress: true },
      resolve: ({ progress }) => analysisProgress(progress),
    }),
    candidates: t.field({
      type: [ServerCandidateType],
      description: 'The servers it found, best first.',
      select: { result: true },
      resolve: ({ result }) => analysisResult(result).candidates,
    }),
    suggestions: t.field({
      type: [SourceSuggestionType],
      description: 'Servers with similar names, best first, when the text is not the name of a package.',
      select: { result: true },
      resolve: ({ result }) => analysisResult(result).suggestions ?? [],
    }),
    pastedSecrets: t.stringList({
      description: 'Parts of the pasted text that may be secret, for a client that shows the text. Longest first.',
      args: { source: t.arg.string({ description: 'The text as it was sent to `analyze`.' }) },
      select: { result: true },
      resolve: ({ result }, { source }) => pastedSecrets(source, analysisResult(result).candidates),
    }),
    warnings: t.field({
      type: [AnalysisWarningType],
      description: 'Warnings to read before deploying.',
      select: { result: true },
      resolve: ({ result }) => analysisResult(result).warnings,
    }),
    trials: t.relation('trials', {
      description: 'Starts of its servers without credentials, newest first.',
      query: { orderBy: { createdAt: 'desc' } },
    }),
    failure: t.field({
      type: AnalysisFailureType,
      nullable: true,
      description: 'Reason why the analysis failed or is partial, or null.',
      select: { failure: true },
      resolve: ({ failure }) => analysisFailure(failure),
    }),
  }),
});
