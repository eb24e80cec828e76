import { notFound } from '#server/domain/errors.ts';
import { listReachable, reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { DeployPayload } from '../deployment/mutations.ts';
import { EndpointAccessEnum } from '../enums.ts';
import { requireUuid } from '../ids.ts';

const BundleMemberInput = builder.inputType('BundleMemberInput', {
  description: 'A deployment of a bundle.',
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment, of which the viewer is an owner.' }),
    view: t.string({
      required: false,
      description: 'Name of the view through which the bundle sees it; the whole server when not given.',
    }),
    prefix: t.string({
      required: false,
      description:
        'Text before the names of its tools and prompts: 1 to 20 lower-case letters, digits and hyphens. Made of the name of the deployment when not given.',
    }),
  }),
});

const CreateBundleInput = builder.inputType('CreateBundleInput', {
  description: 'A bundle to make.',
  fields: (t) => ({
    name: t.string({ description: 'Name of the bundle.' }),
    slug: t.string({
      required: false,
      description: 'Short name, in place of the id in its address; made of the name when not given.',
    }),
    access: t.field({ type: EndpointAccessEnum, required: false, description: 'Access policy; TOKEN when not given.' }),
    members: t.field({ type: [BundleMemberInput], description: 'Deployments of the bundle, in order.' }),
  }),
});

const UpdateBundleInput = builder.inputType('UpdateBundleInput', {
  description: 'Changes of a bundle.',
  fields: (t) => ({
    id: t.id({ description: 'Global id or UUID of the bundle.' }),
    slug: t.string({ required: false, description: 'Another short name; an empty text makes one of its name.' }),
    members: t.field({
      type: [BundleMemberInput],
      required: false,
      description: 'All deployments of the bundle, in order; they stay as they are when not given.',
    }),
  }),
});

type GivenMember = { deploymentId: string; view?: string | null | undefined; prefix?: string | null | undefined };

const membersOf = (members: readonly GivenMember[]) =>
  members.map(({ deploymentId, view, prefix }) => ({
    deploymentId: requireUuid(deploymentId, 'Deployment'),
    view: view ?? null,
    prefix: prefix ?? null,
  }));

builder.queryField('bundles', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: [DeploymentType],
    description: 'The bundles that the viewer owns or manages, by name.',
    resolve: async (query, _root, _args, { prisma, actor }) =>
      prisma.deployment.findMany({
        ...query,
        where: {
          AND: await listReachable(prisma, actor.userId, 'OPERATE'),
          source: 'bundle',
          releases: { some: { runtime: 'bundle' } },
        },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take: 1_000,
      }),
  }),
);

builder.mutationFields((t) => ({
  createBundle: t.withAuth({ write: true }).field({
    type: DeployPayload,
    errors: {},
    description: 'Makes one endpoint of several deployments, with access of its own.',
    args: { input: t.arg({ type: CreateBundleInput, description: 'The bundle.' }) },
    resolve: (_root, { input }, { actor, services }) =>
      services.bundles.create(actor, {
        name: input.name,
        slug: input.slug ?? null,
        access: input.access ?? 'TOKEN',
        members: membersOf(input.members),
      }),
  }),
  updateBundle: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Changes the deployments or the short name of a bundle. It counts at once, without a restart.',
    args: { input: t.arg({ type: UpdateBundleInput, description: 'The changes.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const id = requireUuid(input.id, 'Deployment');
      await services.bundles.update(actor, {
        id,
        ...(input.slug == null ? {} : { slug: input.slug }),
        members: input.members == null ? null : membersOf(input.members),
      });
      const row = await prisma.deployment.findFirst({ ...query, where: { id, ...reachable(actor.userId, 'OPERATE') } });
      if (row === null) throw notFound('The deployment');
      return row;
    },
  }),
}));
