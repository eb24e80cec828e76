import { type BundleEffect, type BundleTool, bundleEffect } from '#server/domain/deployments/bundles/effect.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { DeploymentStatusEnum } from '../enums.ts';

const BundleToolType = builder.objectRef<BundleTool>('BundleTool').implement({
  description: 'A tool in the merged list of a bundle.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name that clients see: prefix, underscore, name of the tool.' }),
    prefix: t.exposeString('prefix', { description: 'Prefix of the member that has it.' }),
    description: t.exposeString('description', { nullable: true, description: 'The description that clients read.' }),
  }),
});

const BundleEffectType = builder.objectRef<BundleEffect>('BundleEffect').implement({
  description: 'The tools that clients of a bundle see in the current releases of its members.',
  fields: (t) => ({
    tools: t.field({ type: [BundleToolType], description: 'The merged list.', resolve: ({ tools }) => tools }),
    tokens: t.exposeInt('tokens', {
      description: 'Size of the merged `tools/list` in tokens, estimated as one token for four characters.',
    }),
  }),
});

builder.prismaObject('BundleMember', {
  description: 'A deployment in a bundle.',
  fields: (t) => ({
    prefix: t.exposeString('prefix', { description: 'Text before the names of its tools and prompts.' }),
    databaseId: t.string({
      description: 'UUID of the deployment.',
      select: { deploymentId: true },
      resolve: ({ deploymentId }) => deploymentId,
    }),
    name: t.string({
      description: 'Name of the deployment.',
      select: { deployment: { select: { name: true } } },
      resolve: ({ deployment }) => deployment.name,
    }),
    status: t.field({
      type: DeploymentStatusEnum,
      description: 'Status of the deployment. One that fails takes only its own tools away.',
      select: { deployment: { select: { status: true } } },
      resolve: ({ deployment }) => deployment.status,
    }),
    view: t.string({
      nullable: true,
      description: 'Name of the view through which the bundle sees it; null for the whole server.',
      select: { view: { select: { name: true } } },
      resolve: ({ view }) => view?.name ?? null,
    }),
  }),
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  isBundle: t.boolean({
    description: 'True for a bundle: several deployments at one address.',
    select: { releases: { where: { runtime: 'bundle' }, select: { id: true }, take: 1 } },
    resolve: ({ releases }) => releases.length > 0,
  }),
  members: t.relation('members', {
    description: 'The deployments of a bundle, in order; empty for every other deployment.',
    query: { orderBy: { position: 'asc' } },
  }),
  bundleEffect: t.field({
    type: BundleEffectType,
    description: 'The merged tools of a bundle; empty for every other deployment.',
    select: {
      members: {
        orderBy: { position: 'asc' },
        select: {
          prefix: true,
          view: { select: { rules: true } },
          deployment: { select: { currentRelease: { select: { snapshot: true } } } },
        },
      },
    },
    resolve: ({ members }) => bundleEffect(members),
  }),
}));
