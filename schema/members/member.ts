import { requireAdministrator } from '#server/domain/members/service.ts';
import { builder } from '../builder.ts';

const value = (description: string) => ({ description });

const MemberStatusEnum = builder.enumType('MemberStatus', {
  description: 'The state of a member’s account.',
  values: {
    INVITED: value('The member has not signed in yet.'),
    ACTIVE: value('The member can sign in.'),
    LOCKED: value('The member can neither sign in nor use a token, and no machine of theirs runs.'),
    DELETING: value('The account goes when its last machine is gone.'),
  },
});

export const MemberType = builder.prismaObject('User', {
  variant: 'Member',
  description: 'A user other than the administrator, as the administrator sees them.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names the member within this installation.' }),
    name: t.exposeString('name', { description: 'Display name.' }),
    email: t.exposeString('email', { description: 'The address they sign in with.' }),
    status: t.field({
      type: MemberStatusEnum,
      description: 'The state of the account.',
      select: { lockedAt: true, deletedAt: true, lastSignedInAt: true },
      resolve: ({ lockedAt, deletedAt, lastSignedInAt }) => {
        if (deletedAt !== null) return 'DELETING';
        if (lockedAt !== null) return 'LOCKED';
        return lastSignedInAt === null ? 'INVITED' : 'ACTIVE';
      },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the account was made.' }),
    lastSignedInAt: t.expose('lastSignedInAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the member last signed in; null before the first time.',
    }),
    deployments: t.relationCount('deployments', { description: 'How many deployments the member has.' }),
  }),
});

builder.queryField('members', (t) =>
  t.withAuth({ signedIn: true }).prismaConnection({
    type: MemberType,
    cursor: 'id',
    description: 'The users other than the administrator, by name. Only for the administrator.',
    resolve: (query, _root, _args, { prisma, actor }) => {
      requireAdministrator(actor);
      return prisma.user.findMany({
        ...query,
        where: { role: 'MEMBER' },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
      });
    },
  }),
);
