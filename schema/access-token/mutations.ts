import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { KeyValueInput } from '../deployment/inputs.ts';
import { requireUuid } from '../ids.ts';
import { AccessTokenType } from './access-token.ts';

const CreateAccessTokenInput = builder.inputType('CreateAccessTokenInput', {
  description: 'A token to make for one endpoint.',
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment.' }),
    name: t.string({ description: 'Name of the token, such as the client that will use it.' }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'When the token expires; it never does when not given.',
    }),
    view: t.string({
      required: false,
      description: 'Name of the view that its calls see, whatever address they use; the whole server when not given.',
    }),
    values: t.field({
      type: [KeyValueInput],
      required: false,
      description: 'Values of personal fields, which the token carries: its calls are made with them.',
    }),
  }),
});

const AccessTokenPayload = builder.objectRef<{ id: string; token: string }>('AccessTokenPayload').implement({
  description: 'A new token of an endpoint.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'The token itself, shown here and never again.' }),
    accessToken: t.withAuth({ signedIn: true }).prismaField({
      type: AccessTokenType,
      description: 'The stored token record, without the token itself.',
      resolve: (query, { id }, _args, { prisma, actor }) =>
        prisma.accessToken.findFirstOrThrow({ ...query, where: { id, deployment: reachable(actor.userId, 'OWN') } }),
    }),
  }),
});

const PlaygroundTokenType = builder.objectRef<{ token: string; expiresAt: Date }>('PlaygroundToken').implement({
  description: 'A short-lived token for trying tools in the dashboard.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'The token itself.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends, ten minutes from now.' }),
  }),
});

builder.mutationFields((t) => ({
  createAccessToken: t.withAuth({ write: true }).field({
    type: AccessTokenPayload,
    errors: {},
    description: 'Makes a bearer token for an endpoint and shows it, once.',
    args: { input: t.arg({ type: CreateAccessTokenInput, description: 'The token to make.' }) },
    resolve: (_root, { input }, { actor, services }) =>
      services.accessTokens.create(actor, {
        deploymentId: requireUuid(input.deploymentId, 'Deployment'),
        name: input.name,
        expiresAt: input.expiresAt ?? null,
        values: input.values ?? [],
        view: input.view ?? null,
      }),
  }),
  revokeAccessToken: t.withAuth({ write: true }).prismaField({
    type: AccessTokenType,
    errors: {},
    description: 'Ends a token at once, open streams included.',
    args: { id: t.arg.id({ description: 'Global id or UUID of the token.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.id, 'AccessToken');
      await services.accessTokens.revoke(actor, id);
      return prisma.accessToken.findFirstOrThrow({
        ...query,
        where: { id, deployment: reachable(actor.userId, 'OWN') },
      });
    },
  }),
  createPlaygroundToken: t.withAuth({ write: true }).field({
    type: PlaygroundTokenType,
    errors: {},
    description: 'Makes a token that lasts ten minutes.',
    args: { deploymentId: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: (_root, { deploymentId }, { actor, services }) =>
      services.accessTokens.createPlayground(actor, requireUuid(deploymentId, 'Deployment')),
  }),
}));
