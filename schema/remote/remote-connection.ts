import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { requireUuid } from '../ids.ts';

const words = (scope: string | null): string[] => scope?.split(' ').filter((one) => one !== '') ?? [];

builder.prismaObject('RemoteConnection', {
  description: 'A sign-in of the owner at the authorization server of a remote server. Tokens are never shown.',
  fields: (t) => ({
    issuer: t.exposeString('issuer', { description: 'Address of the authorization server.' }),
    scopes: t.stringList({
      description: 'Scopes that were granted, where the server named them.',
      select: { scope: true },
      resolve: ({ scope }) => words(scope),
    }),
    wantedScopes: t.stringList({
      description: 'Scopes that a call needed and the sign-in lacks; the next sign-in requests them.',
      select: { wantedScope: true },
      resolve: ({ wantedScope }) => words(wantedScope),
    }),
    connectedAt: t.expose('connectedAt', { type: 'DateTime', description: 'When the owner signed in.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the present access token ends and is renewed; null if the server named no end.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why the owner has to sign in again, in one sentence; null while the tokens work.',
    }),
  }),
});

builder.prismaObjectField(DeploymentType, 'remoteConnection', (t) =>
  t.relation('remoteConnection', {
    nullable: true,
    description: 'The sign-in at the server that it relays to; null without one, and for servers that run here.',
  }),
);

const ConnectRemoteInput = builder.inputType('ConnectRemoteInput', {
  description: 'The deployment of a remote server, and the client to sign in with where one was registered by hand.',
  fields: (t) => ({
    deploymentId: t.id({ required: true, description: 'Global id or UUID of the deployment.' }),
    clientId: t.string({
      required: false,
      description: 'Id of a client that was registered by hand. Leave empty to let Catwalk register itself.',
    }),
    clientSecret: t.string({ required: false, description: 'Secret of that client, if it has one.' }),
  }),
});

const ConnectRemotePayload = builder
  .objectRef<{ authorizationUrl: string; expiresAt: Date }>('ConnectRemotePayload')
  .implement({
    description: 'A sign-in that was begun.',
    fields: (t) => ({
      authorizationUrl: t.exposeString('authorizationUrl', {
        description: 'Address to open in a browser in which the caller is signed in to Catwalk. It works once.',
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it stops working.' }),
    }),
  });

builder.mutationFields((t) => ({
  connectRemote: t.withAuth({ write: true }).field({
    type: ConnectRemotePayload,
    errors: {},
    description: 'Begins a sign-in at the authorization server of a remote server.',
    args: { input: t.arg({ type: ConnectRemoteInput, description: 'The deployment.' }) },
    resolve: (_root, { input: { deploymentId, clientId, clientSecret } }, { actor, services }) =>
      services.remoteSignIn.begin(
        actor,
        requireUuid(deploymentId, 'Deployment'),
        clientId ? { clientId, clientSecret: clientSecret || null } : null,
      ),
  }),
  disconnectRemote: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Forgets the tokens of a sign-in, and revokes them where the authorization server allows it.',
    args: { deploymentId: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.deploymentId, 'Deployment');
      await services.remoteSignIn.disconnect(actor, id);
      return prisma.deployment.findFirstOrThrow({ ...query, where: { id, ...reachable(actor.userId, 'OWN') } });
    },
  }),
}));
