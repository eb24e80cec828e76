import type { Prisma } from '#prisma/generated/client/client.ts';
import { listReachable, reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentStatusEnum } from '../enums.ts';
import { uuidOf } from '../ids.ts';
import { DeploymentType } from './deployment.ts';

builder.queryFields((t) => ({
  deployment: t.withAuth({ signedIn: true }).prismaField({
    type: DeploymentType,
    nullable: true,
    description: 'A deployment that the viewer owns or manages; null when it is not there.',
    args: { id: t.arg.id({ description: 'Global id or UUID.' }) },
    resolve: (query, _root, { id }, { prisma, actor }) => {
      const uuid = uuidOf(id, 'Deployment');
      return uuid === null
        ? null
        : prisma.deployment.findFirst({ ...query, where: { id: uuid, ...reachable(actor.userId, 'OPERATE') } });
    },
  }),
  deployments: t.withAuth({ signedIn: true }).prismaConnection(
    {
      type: DeploymentType,
      cursor: 'id',
      description:
        'The deployments that the viewer owns or manages, newest first; those of others have another `ownerName`.',
      args: {
        status: t.arg({ type: [DeploymentStatusEnum], required: false, description: 'Only those with one of these.' }),
        search: t.arg.string({
          required: false,
          description: 'Only those whose name, short name, source or package contains it.',
        }),
      },
      resolve: async (query, _root, args, { prisma, actor }) =>
        prisma.deployment.findMany({
          ...query,
          where: wanted(args, await listReachable(prisma, actor.userId, 'OPERATE')),
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        }),
    },
    {
      name: 'DeploymentConnection',
      fields: (field) => ({
        totalCount: field.withAuth({ signedIn: true }).int({
          nullable: false,
          description: 'How many there are on all pages.',
          resolve: async ({ args }, _args, { prisma, actor }) => {
            const reached = await listReachable(prisma, actor.userId, 'OPERATE');
            return prisma.deployment.count({ where: wanted(args, reached) });
          },
        }),
      }),
    },
    { name: 'DeploymentEdge' },
  ),
}));

type Filter = { status?: Prisma.EnumDeploymentStatusFilter['in'] | null; search?: string | null | undefined };

function wanted({ status, search }: Filter, reached: Prisma.DeploymentWhereInput): Prisma.DeploymentWhereInput {
  const contains = { contains: search?.trim() ?? '', mode: 'insensitive' } as const;
  return {
    AND: reached,
    ...(status ? { status: { in: status } } : {}),
    ...(contains.contains === ''
      ? {}
      : {
          OR: [{ name: contains }, { slug: contains }, { source: contains }, { currentRelease: { package: contains } }],
        }),
  };
}
