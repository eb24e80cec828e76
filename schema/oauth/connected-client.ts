import { notFound } from '#server/domain/errors.ts';
import { hostOf } from '#server/domain/oauth/client.ts';
import { liveConnections } from '#server/domain/oauth/connections.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { requireUuid, rowUuid, uuidOf } from '../ids.ts';

export const ConnectedClientType = builder.prismaNode('OAuthConnection', {
  name: 'ConnectedClient',
  description: 'A program that the viewer allowed by OAuth to call one endpoint, such as claude.ai.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ id: rowUuid(id), userId: rowUuid(actor?.userId ?? '') }),
  select: {
    deploymentId: true,
    client: { select: { id: true, source: true, name: true, uri: true } },
    deployment: { select: { name: true } },
  },
  fields: (t) => ({
    name: t.string({ description: 'Name that the client reports.', resolve: ({ client }) => client.name }),
    host: t.string({
      nullable: true,
      description: 'The host it is known by; null when it names none.',
      resolve: ({ client }) => hostOf(client),
    }),
    vouchedFor: t.boolean({
      description:
        'True if that host publishes the description of the client; false if the client described itself at registration.',
      resolve: ({ client }) => client.source === 'DOCUMENT',
    }),
    deploymentName: t.string({
      description: 'Name of the deployment that it may call.',
      resolve: ({ deployment }) => deployment.name,
    }),
    deployment: t.withAuth({ signedIn: true }).prismaField({
      type: DeploymentType,
      nullable: true,
      description: 'The deployment that it may call; null if the viewer may use it alone, and not manage it.',
      resolve: (query, { deploymentId }, _args, { prisma, actor }) =>
        prisma.deployment.findFirst({ ...query, where: { id: deploymentId, ...reachable(actor.userId, 'OPERATE') } }),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when it is connected.' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'When it last called.' }),
  }),
});

builder.queryField('connectedClients', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: [ConnectedClientType],
    description:
      'Programs that the viewer let in by OAuth, the newest first; those of one deployment when it is given.',
    args: { deploymentId: t.arg.id({ required: false, description: 'Global id or UUID of the deployment.' }) },
    resolve: (query, _root, { deploymentId }, { prisma, actor }) => {
      const only = deploymentId == null ? {} : { deploymentId: rowUuid(uuidOf(deploymentId, 'Deployment') ?? '') };
      return prisma.oAuthConnection.findMany({
        ...query,
        where: { ...liveConnections(actor.userId, new Date()), ...only },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
        take: 200,
      });
    },
  }),
);

builder.mutationField('disconnectClient', (t) =>
  t.withAuth({ write: true }).prismaField({
    type: ConnectedClientType,
    errors: {},
    description:
      'Ends everything that a connected program was given, open streams included. It can ask to be let in again.',
    args: { id: t.arg.id({ description: 'Global id or UUID of the connected client.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.id, 'ConnectedClient');
      const where = { id, userId: actor.userId };
      if ((await prisma.oAuthConnection.count({ where })) === 0) throw notFound('The client');
      await services.connections.disconnect(actor, id);
      return prisma.oAuthConnection.findFirstOrThrow({ ...query, where });
    },
  }),
);
