import { notFound } from '#server/domain/errors.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { requireUuid } from '../ids.ts';
import { DeploymentType } from './deployment.ts';

const owned = (userId: string, id: string) => ({ id, ...reachable(userId, 'OWN') });

const DataVolumeType = builder.objectRef<{ bytes: number; limitBytes: number }>('DataVolume').implement({
  description: 'The files that a deployment keeps over restarts and releases.',
  fields: (t) => ({
    bytes: t.exposeFloat('bytes', { description: 'Bytes of all kept files.' }),
    limitBytes: t.exposeFloat('limitBytes', {
      description: 'Bytes that one caller’s files may have. Beyond them its server is not started.',
    }),
  }),
});

builder.prismaObjectField(DeploymentType, 'data', (t) =>
  t.field({
    type: DataVolumeType,
    nullable: true,
    description: 'The files it keeps over restarts and releases. Null where machines keep none.',
    select: { id: true, ownerId: true, isolation: true },
    resolve: (deployment, _args, { services }) =>
      deployment.isolation === 'PER_SESSION' ? null : services.data.measure(deployment),
  }),
);

const CopyDataInput = builder.inputType('CopyDataInput', {
  description: 'Two deployments.',
  fields: (t) => ({
    fromId: t.id({ required: true, description: 'Global id or UUID of the deployment whose files are copied.' }),
    toId: t.id({ required: true, description: 'Global id or UUID of the deployment whose files are replaced.' }),
  }),
});

builder.mutationFields((t) => ({
  clearData: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Deletes every file that a stopped deployment keeps. It cannot be undone.',
    args: { id: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.id, 'Deployment');
      await services.data.clear(actor, id);
      return (await prisma.deployment.findFirst({ ...query, where: owned(actor.userId, id) })) ?? missing();
    },
  }),
  copyData: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Replaces the files of a stopped deployment by a copy of those of another stopped one.',
    args: { input: t.arg({ type: CopyDataInput, description: 'The two deployments.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const [fromId, toId] = [requireUuid(input.fromId, 'Deployment'), requireUuid(input.toId, 'Deployment')];
      await services.data.copy(actor, { fromId, toId });
      return (await prisma.deployment.findFirst({ ...query, where: owned(actor.userId, toId) })) ?? missing();
    },
  }),
}));

const missing = (): never => {
  throw notFound('The deployment');
};
