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
      return prisma.analysis.findFirstOrThrow({ ...query, where: { id, ownerId: actor.userId } });
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
      description: 'Its steps so far, oldest first.',
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
    description: 'The present state at once, then every change until the analysis ends.',
    args: { id: t.arg.id({ description: 'Global id or UUID.' }) },
    subscribe: (_root, args, context) => {
      const id = requireUuid(args.id, 'Analysis');
      const look = async () => {
        const row = await context.prisma.analysis.findFirst({
          where: { id, ownerId: context.actor.userId },
          select: { id: true, status: true, progress: true },
        });
        if (!row) throw notFound('The analysis');
        return { values: [row], done: row.status !== 'RUNNING' };
      };
      return stream((signal) => live({ events: context.events, topic: 'analysis', id, signal, context, look }));
    },
    resolve: (event) => event,
  }),
);
