import { parseSnapshot } from '#server/domain/deployments/rows/snapshot.ts';
import { effectOf } from '#server/domain/deployments/views/effect.ts';
import { checkRules } from '#server/domain/deployments/views/rules.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { requireUuid } from '../ids.ts';
import { ViewEffectType, ViewType } from './view.ts';

const SaveViewInput = builder.inputType('SaveViewInput', {
  description: 'A view to make, or to change.',
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment.' }),
    name: t.string({
      description:
        'Name of the view: lower-case letters, digits and hyphens. An existing view of this name is changed.',
    }),
    rules: t.field({
      type: 'JSON',
      description:
        'Object with `tools`, `prompts` and `resources`, each with `allow` (null: all) and `deny`, lists of names in which `*` stands for any text; `tools.changes` by name with `name`, `title`, `description` and `arguments` (`{"fixed": …}` or `{"hidden": true}`); `instructions` (null: those of the server).',
    }),
  }),
});

const RenameViewInput = builder.inputType('RenameViewInput', {
  description: 'A view, and the name that it gets.',
  fields: (t) => ({
    id: t.id({ description: 'Global id or UUID of the view.' }),
    name: t.string({ description: 'New name: 1 to 40 lower-case letters, digits and hyphens.' }),
  }),
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  views: t.relation('views', {
    description: 'Views of the deployment, by name.',
    query: { orderBy: { name: 'asc' } },
  }),
  viewEffect: t.field({
    type: ViewEffectType,
    nullable: true,
    description: 'What clients would see of the current release by these rules; null before the first one serves.',
    args: { rules: t.arg({ type: 'JSON', description: 'Rules as `saveView` takes them.' }) },
    select: { currentRelease: { select: { snapshot: true } } },
    resolve: ({ currentRelease }, { rules }) =>
      effectOf(checkRules(rules), parseSnapshot(currentRelease?.snapshot ?? null)),
  }),
}));

builder.mutationFields((t) => ({
  saveView: t.withAuth({ write: true }).prismaField({
    type: ViewType,
    errors: {},
    description:
      'Makes a view of a deployment, or changes the one with this name. It counts at once, without a restart.',
    args: { input: t.arg({ type: SaveViewInput, description: 'The view.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const deploymentId = requireUuid(input.deploymentId, 'Deployment');
      const { id } = await services.views.save(actor, { deploymentId, name: input.name, rules: input.rules });
      return prisma.view.findFirstOrThrow({ ...query, where: { id, deployment: reachable(actor.userId, 'OPERATE') } });
    },
  }),
  renameView: t.withAuth({ write: true }).prismaField({
    type: ViewType,
    errors: {},
    description:
      'Gives a view another name. Its address changes with it: clients at the former address have to be set up again.',
    args: { input: t.arg({ type: RenameViewInput, description: 'The view and its new name.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const id = requireUuid(input.id, 'View');
      await services.views.rename(actor, { id, name: input.name });
      return prisma.view.findFirstOrThrow({ ...query, where: { id, deployment: reachable(actor.userId, 'OPERATE') } });
    },
  }),
  deleteView: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Deletes a view, with the tokens and connections that are bound to it. Streams through it end.',
    args: { id: t.arg.id({ description: 'Global id or UUID of the view.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const { deploymentId } = await services.views.delete(actor, requireUuid(args.id, 'View'));
      return prisma.deployment.findFirstOrThrow({
        ...query,
        where: { id: deploymentId, ...reachable(actor.userId, 'OPERATE') },
      });
    },
  }),
}));
