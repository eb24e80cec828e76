import { connectable, reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentStatusEnum } from '../enums.ts';

const SharedDeploymentType = builder.prismaObject('Deployment', {
  variant: 'SharedDeployment',
  description: 'A deployment of another person that the viewer may use, and not operate.',
  fields: (t) => ({
    databaseId: t.exposeString('id', { description: 'The UUID in `endpointUrl`.' }),
    name: t.exposeString('name', { description: 'Name given by the owner.' }),
    status: t.expose('status', { type: DeploymentStatusEnum, description: 'Current status.' }),
    ownerName: t.string({
      description: 'Name of the person whom it belongs to.',
      select: { owner: { select: { name: true } } },
      resolve: ({ owner }) => owner.name,
    }),
    endpointUrl: t.string({
      description: 'Endpoint address for MCP clients, which sign in with OAuth.',
      select: { id: true },
      resolve: ({ id }, _args, { publicUrl }) => `${publicUrl}/api/mcp/${id}`,
    }),
    shareId: t.string({
      nullable: true,
      description:
        'The share with the viewer, for `unshareDeployment`; null if it is shared with a team or with everyone.',
      select: (_args, { actor }) => ({ shares: { where: { userId: actor?.userId ?? '' }, select: { id: true } } }),
      resolve: ({ shares: [share] }) => share?.id ?? null,
    }),
  }),
});

builder.queryField('sharedDeployments', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: [SharedDeploymentType],
    description: 'Deployments of other people that the viewer may use, and not operate, by name.',
    resolve: (query, _root, _args, { prisma, actor }) =>
      prisma.deployment.findMany({
        ...query,
        where: { AND: [connectable(actor.userId), { NOT: reachable(actor.userId, 'OPERATE') }] },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take: 200,
      }),
  }),
);
