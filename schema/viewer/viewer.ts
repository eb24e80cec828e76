import { builder } from '../builder.ts';
import { UserRoleEnum } from '../enums.ts';

const ViewerType = builder.prismaObject('User', {
  name: 'Viewer',
  description: 'The user who asks.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names the user within this installation.' }),
    name: t.exposeString('name', { description: 'What they are called.' }),
    email: t.exposeString('email', { description: 'Their address.' }),
    image: t.exposeString('image', { nullable: true, description: 'URL of their picture.' }),
    role: t.expose('role', { type: UserRoleEnum, description: 'What they may do besides owning deployments.' }),
    apiTokens: t.relation('apiTokens', {
      description: 'Their API tokens that were not revoked, newest first.',
      query: { where: { revokedAt: null }, orderBy: { createdAt: 'desc' } },
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.prismaField({
    type: ViewerType,
    nullable: true,
    skipTypeScopes: true,
    description: 'The user who asks; null when signed out.',
    resolve: (query, _root, _args, { prisma, actor }) =>
      actor === null ? null : prisma.user.findUnique({ ...query, where: { id: actor.userId } }),
  }),
);
