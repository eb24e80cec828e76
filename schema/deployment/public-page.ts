import { notFound } from '#server/domain/errors.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { requireUuid } from '../ids.ts';
import { DeploymentType } from './deployment.ts';

const pathOf = ({ id, slug }: { id: string; slug: string | null }): string => `/p/${slug ?? id}`;

const PublicPageType = builder.prismaObject('PublicPage', {
  description: 'The page about a deployment that everyone can open without an account.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'Plain text about the server, written by its owner; empty for none.' }),
    view: t.string({
      nullable: true,
      description: 'Name of the view that the page describes, or null for the whole server.',
      select: { view: { select: { name: true } } },
      resolve: ({ view }) => view?.name ?? null,
    }),
    url: t.string({
      description: 'Address of the page.',
      select: { deployment: { select: { id: true, slug: true } } },
      resolve: ({ deployment }, _args, { publicUrl }) => publicUrl + pathOf(deployment),
    }),
    badgeUrl: t.string({
      description: 'Address of the badge, an SVG image for README files.',
      select: { deployment: { select: { id: true, slug: true } } },
      resolve: ({ deployment }, _args, { publicUrl }) => `${publicUrl}${pathOf(deployment)}/badge.svg`,
    }),
  }),
});

const PublishPageInput = builder.inputType('PublishPageInput', {
  description: 'The public page of a deployment.',
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment.' }),
    text: t.string({
      required: false,
      description: 'Plain text about the server, up to 2,000 characters; none when not given.',
    }),
    view: t.string({
      required: false,
      description: 'Name of the view that the page describes; the whole server when not given.',
    }),
  }),
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  publicPage: t.relation('publicPage', {
    type: PublicPageType,
    nullable: true,
    description: 'The public page of the deployment, or null while it is off.',
  }),
}));

builder.mutationFields((t) => ({
  publishPage: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description:
      'Switches the public page of a deployment on, or changes it. It names the tools that clients of its address see, and nothing secret.',
    args: { input: t.arg({ type: PublishPageInput, description: 'The page.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const id = requireUuid(input.deploymentId, 'Deployment');
      await services.publicPages.publish(actor, {
        deploymentId: id,
        text: input.text ?? '',
        view: input.view ?? null,
      });
      const row = await prisma.deployment.findFirst({ ...query, where: { id, ...reachable(actor.userId, 'OPERATE') } });
      if (row === null) throw notFound('The deployment');
      return row;
    },
  }),
  withdrawPage: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Switches the public page of a deployment off. Its address answers as one that never existed.',
    args: { deploymentId: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.deploymentId, 'Deployment');
      await services.publicPages.withdraw(actor, id);
      const row = await prisma.deployment.findFirst({ ...query, where: { id, ...reachable(actor.userId, 'OPERATE') } });
      if (row === null) throw notFound('The deployment');
      return row;
    },
  }),
}));
