import type { Prisma } from '#prisma/generated/client/client.ts';
import { builder } from '../builder.ts';
import { DeploymentStatusEnum } from '../enums.ts';
import { uuidOf } from '../ids.ts';
import { DeploymentType } from './deployment.ts';

builder.queryFields((t) => ({
  deployment: t.withAuth({ signedIn: true }).prismaField({
    type: DeploymentType,
    nullable: true,
    description: 'A deployment of the viewer; null when it is not there.',
    args: { id: t.arg.id({ description: 'Global id or UUID.' }) },
    resolve: (query, _root, { id }, { prisma, actor }) => {
      const uuid = uuidOf(id, 'Deployment');
      return uuid === null
        ? null
        : prisma.deployment.findFirst({ ...query, where: { id: uuid, ownerId: actor.userId } });
    },
  }),
  deployments: t.withAuth({ signedIn: true }).prismaConnection(
    {
      type: DeploymentType,
      cursor: 'id',
      description: 'The deployments of the viewer, newest first.',
      args: {
        status: t.arg({ type: [DeploymentStatusEnum], required: false, description: 'Only those with one of these.' }),
        search: t.arg.string({ required: false, description: 'Only those whose name, source or package contains it.' }),
      },
      resolve: (query, _root, args, { prisma, actor }) =>
        prisma.deployment.findMany({
          ...query,
          where: wanted(args, actor.userId),
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        }),
    },
    {
      name: 'DeploymentConnection',
      fields: (field) => ({
        totalCount: field.withAuth({ signedIn: true }).int({
          nullable: false,
          description: 'How many there are on all pages.',
          resolve: ({ args }, _args, { prisma, actor }) =>
            prisma.deployment.count({ where: wanted(args, actor.userId) }),
        }),
      }),
    },
    { name: 'DeploymentEdge' },
  ),
}));

type Filter = { status?: Prisma.EnumDeploymentStatusFilter['in'] | null; search?: string | null | undefined };

function wanted({ status, search }: Filter, ownerId: string): Prisma.DeploymentWhereInput {
  const contains = { contains: search?.trim() ?? '', mode: 'insensitive' } as const;
  return {
    ownerId,
    ...(status ? { status: { in: status } } : {}),
    ...(contains.contains === ''
      ? {}
      : { OR: [{ name: contains }, { source: contains }, { currentRelease: { package: contains } }] }),
  };
}
