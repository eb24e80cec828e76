import { mayReplacePassword } from '#server/domain/identity/account.ts';
import { builder } from '../builder.ts';
import { UserRoleEnum } from '../enums.ts';

export const ViewerType = builder.prismaObject('User', {
  name: 'Viewer',
  description: 'The user who asks.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names the user within this installation.' }),
    name: t.exposeString('name', { description: 'Display name.' }),
    email: t.exposeString('email', { description: 'E-mail address of the viewer.' }),
    image: t.exposeString('image', { nullable: true, description: 'URL of their picture.' }),
    role: t.expose('role', { type: UserRoleEnum, description: 'Permissions beyond owning deployments.' }),
    hasPassword: t.boolean({
      description: 'True if the viewer can sign in with a password.',
      select: { accounts: { select: { providerId: true } } },
      resolve: ({ accounts }) => accounts.some(({ providerId }) => providerId === 'credential'),
    }),
    mayReplacePassword: t.boolean({
      description: 'True shortly after a sign-in with a link: a new password needs no current one.',
      select: { sessions: { select: { id: true, method: true, createdAt: true } } },
      resolve: ({ sessions }, _args, { actor }) => {
        const session = sessions.find(({ id }) => actor?.via === 'session' && id === actor.credentialId);
        return session !== undefined && mayReplacePassword(session, new Date());
      },
    }),
    gitHubConnected: t.boolean({
      description: 'True if the viewer can sign in with GitHub.',
      select: { accounts: { select: { providerId: true } } },
      resolve: ({ accounts }) => accounts.some(({ providerId }) => providerId === 'github'),
    }),
    sessions: t.relation('sessions', {
      description: 'Browsers they are signed in with, newest first.',
      query: () => ({ where: { expiresAt: { gt: new Date() } }, orderBy: { createdAt: 'desc' as const } }),
    }),
    apiTokens: t.relation('apiTokens', {
      description: 'API tokens of the viewer that were not revoked, newest first.',
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
