import { notFound } from '#server/domain/errors.ts';
import { builder } from '../builder.ts';
import { AnalysisStatusEnum } from '../enums.ts';
import { requireUuid, uuidOf } from '../ids.ts';
import { analysisProgress } from '../json-columns.ts';
import { live, stream } from '../live.ts';
import { AnalysisType } from './analysis.ts';
import { StageProgressType } from './stage-progress.ts';

builder.queryField('analysis', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: AnalysisType,
    nullable: true,
    description: 'An analysis of the viewer; null when it is not there.',
    args: { id: t.arg.id({ description: 'Global id or UUID.' }) },
    resolve: (query, _root, { id }, { prisma, actor }) => {
      const uuid = uuidOf(id, 'Analysis');
      return uuid === null ? null : prisma.analysis.findFirst({ ...query, where: { id: uuid, ownerId: actor.userId } });
    },
  }),
);

const AnalyzeInput = builder.inputType('AnalyzeInput', {
  description: 'The source to analyze.',
  fields: (t) => ({
    source: t.string({
      description:
        'GitHub URL, owner/repo, npm name (with version), pypi:name, registry name or mcpServers JSON; a folder or .tgz while machines are local.',
    }),
    refresh: t.boolean({
      required: false,
      defaultValue: false,
      description: 'True to analyze again instead of reusing a result.',
    }),
    run: t.boolean({
      required: false,
      defaultValue: false,
      description: 'True to start the first server without credentials once the analysis is done; see startTrial.',
    }),
  }),
});

builder.mutationField('analyze', (t) =>
  t.withAuth({ write: true }).prismaField({
    type: AnalysisType,
    errors: {},
    description: 'Starts an analysis and answers at once, RUNNING or with a result that is still fresh.',
    args: { input: t.arg({ type: AnalyzeInput, description: 'The source to analyze.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const { id } = await services.analysis.start(actor, { source: input.source, refresh: input.refresh ?? false });
      if (input.run) await services.trials.startAfter(actor, id);
      return prisma.analysis.findFirstOrThrow({ ...query, where: { id, ownerId: actor.userId } });
    },
  }),
);

const StartTrialInput = builder.inputType('StartTrialInput', {
  description: 'The server to start without credentials.',
  fields: (t) => ({
    analysisId: t.id({ description: 'Global id or UUID of the analysis that found it.' }),
    candidate: t.id({
      required: false,
      description: 'Key of the candidate; the first that can be deployed when not given.',
    }),
    acceptUnverified: t.boolean({
      required: false,
      defaultValue: false,
      description: 'Start it although a warning asks for confirmation.',
    }),
  }),
});

builder.mutationField('startTrial', (t) =>
  t.withAuth({ write: true }).prismaField({
    type: AnalysisType,
    errors: {},
    description:
      'Starts a server on a machine of its own, first with nothing and then with dummies, to learn what it needs. Answers at once; analysisProgress reports the trial, and its findings change the candidate.',
    args: { input: t.arg({ type: StartTrialInput, description: 'The server to start.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const analysisId = requireUuid(input.analysisId, 'Analysis');
      const { candidate = null, acceptUnverified } = input;
      await services.trials.start(actor, { analysisId, candidate, acceptUnverified: acceptUnverified ?? false });
      return prisma.analysis.findFirstOrThrow({ ...query, where: { id: analysisId, ownerId: actor.userId } });
    },
  }),
);

/** The content of an event. The field reads the analysis itself, for its current owner. */
type ProgressEvent = { id: string; status: 'RUNNING' | 'DONE' | 'PARTIAL' | 'FAILED'; progress: unknown };

const AnalysisProgressType = builder.objectRef<ProgressEvent>('AnalysisProgress').implement({
  description: 'The progress of an analysis.',
  fields: (t) => ({
    status: t.expose('status', { type: AnalysisStatusEnum, description: 'RUNNING until it ends.' }),
    stages: t.field({
      type: [StageProgressType],
      description: 'Steps of the analysis so far, oldest first.',
      resolve: ({ progress }) => analysisProgress(progress),
    }),
    analysis: t.withAuth({ signedIn: true }).prismaField({
      type: AnalysisType,
      nullable: true,
      description: 'The analysis as it is now.',
      resolve: (query, { id }, _args, { prisma, actor }) =>
        prisma.analysis.findFirst({ ...query, where: { id, ownerId: actor.userId } }),
    }),
  }),
});

builder.subscriptionField('analysisProgress', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: AnalysisProgressType,
    description: 'The present state at once, then every change until the analysis and its trials end.',
    args: { id: t.arg.id({ description: 'Global id or UUID.' }) },
    subscribe: (_root, args, context) => {
      const id = requireUuid(args.id, 'Analysis');
      const look = async () => {
        const row = await context.prisma.analysis.findFirst({
          where: { id, ownerId: context.actor.userId },
          select: {
            id: true,
            status: true,
            progress: true,
            trials: { where: { status: 'RUNNING' }, select: { id: true } },
          },
        });
        if (!row) throw notFound('The analysis');
        return { values: [row], done: row.status !== 'RUNNING' && row.trials.length === 0 };
      };
      return stream((signal) => live({ events: context.events, topic: 'analysis', id, signal, context, look }));
    },
    resolve: (event) => event,
  }),
);
