import { builder } from '../builder.ts';
import { ApiTokenScopeEnum } from '../enums.ts';
import { requireUuid, rowUuid } from '../ids.ts';

const ApiTokenType = builder.prismaNode('ApiToken', {
  description: 'A token for scripts and the CLI. The token itself is shown once, when it is made.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ id: rowUuid(id), userId: actor?.userId ?? '' }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name given by the owner.' }),
    prefix: t.exposeString('prefix', {
      description: 'First characters of the API token, by which its owner recognizes it.',
    }),
    scope: t.expose('scope', { type: ApiTokenScopeEnum, description: 'Permissions of the token.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the token expires, or null if it never does.',
    }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'When it was last used.' }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true, description: 'When it was revoked.' }),
  }),
});

const CreateApiTokenInput = builder.inputType('CreateApiTokenInput', {
  description: 'A token to make for scripts or the CLI.',
  fields: (t) => ({
    name: t.string({ description: 'Name of the token, such as the script that will use it.' }),
    scope: t.field({
      type: ApiTokenScopeEnum,
      required: false,
      defaultValue: 'WRITE',
      description: 'Permissions of the token.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'When the token expires; it never does when not given.',
    }),
  }),
});

const ApiTokenPayload = builder.objectRef<{ id: string; token: string }>('ApiTokenPayload').implement({
  description: 'A new API token.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'The token itself, shown here and never again.' }),
    apiToken: t.withAuth({ signedIn: true }).prismaField({
      type: ApiTokenType,
      description: 'The stored token record, without the token itself.',
      resolve: (query, { id }, _args, { prisma, actor }) =>
        prisma.apiToken.findFirstOrThrow({ ...query, where: { id, userId: actor.userId } }),
    }),
  }),
});

builder.mutationFields((t) => ({
  createApiToken: t.withAuth({ write: true }).field({
    type: ApiTokenPayload,
    errors: {},
    description: 'Makes an API token and shows it, once.',
    args: { input: t.arg({ type: CreateApiTokenInput, description: 'The token to make.' }) },
    resolve: (_root, { input }, { actor, services }) =>
      services.apiTokens.create(actor, {
        name: input.name,
        scope: input.scope ?? 'WRITE',
        expiresAt: input.expiresAt ?? null,
      }),
  }),
  revokeApiToken: t.withAuth({ write: true }).prismaField({
    type: ApiTokenType,
    errors: {},
    description: 'Ends an API token at once.',
    args: { id: t.arg.id({ description: 'Global id or UUID of the token.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.id, 'ApiToken');
      await services.apiTokens.revoke(actor, id);
      return prisma.apiToken.findFirstOrThrow({ ...query, where: { id, userId: actor.userId } });
    },
  }),
}));
