import type { MemberLink } from '#server/domain/members/service.ts';
import { builder } from '../builder.ts';
import { requireUuid } from '../ids.ts';
import { SignInLinkType } from '../viewer/sign-in-link.ts';
import { MemberType } from './member.ts';

const InviteMemberInput = builder.inputType('InviteMemberInput', {
  description: 'A person to invite.',
  fields: (t) => ({
    email: t.string({ description: 'The address that the person signs in with.' }),
    name: t.string({ required: false, description: 'Display name; the first part of the address when not given.' }),
  }),
});

const MemberLinkPayload = builder.objectRef<MemberLink>('MemberLinkPayload').implement({
  description: 'A member, and the link to hand over.',
  fields: (t) => ({
    link: t.field({
      type: SignInLinkType,
      description: 'Signs the member in once; anyone who has it can use it.',
      resolve: ({ url, expiresAt }) => ({ url, expiresAt }),
    }),
    member: t.prismaField({
      type: MemberType,
      description: 'The member.',
      resolve: (query, { memberId }, _args, { prisma }) =>
        prisma.user.findUniqueOrThrow({ ...query, where: { id: memberId } }),
    }),
  }),
});

const DeleteMemberPayload = builder.objectRef<{ id: string }>('DeleteMemberPayload').implement({
  description: 'An account that is being deleted.',
  fields: (t) => ({ memberId: t.exposeID('id', { description: 'The id of the user.' }) }),
});

const memberId = (id: string) => requireUuid(id, 'Member');

builder.mutationFields((t) => ({
  inviteMember: t.withAuth({ write: true }).field({
    type: MemberLinkPayload,
    errors: {},
    description: 'Makes an account and a sign-in link for a person. Only for the administrator; not for API tokens.',
    args: { input: t.arg({ type: InviteMemberInput, description: 'The person.' }) },
    resolve: (_root, { input }, { actor, services }) =>
      services.members.invite(actor, { email: input.email, name: input.name ?? null }),
  }),
  createMemberLink: t.withAuth({ write: true }).field({
    type: MemberLinkPayload,
    errors: {},
    description:
      'Makes a sign-in link for a member, who can set a new password with it. Only for the administrator; not for API tokens.',
    args: { id: t.arg.id({ description: 'Id of the member.' }) },
    resolve: (_root, { id }, { actor, services }) => services.members.createLink(actor, memberId(id)),
  }),
  lockMember: t.withAuth({ write: true }).prismaField({
    type: MemberType,
    errors: {},
    description: 'Signs a member out, refuses their tokens and stops their machines. Only for the administrator.',
    args: { id: t.arg.id({ description: 'Id of the member.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = memberId(args.id);
      await services.members.lock(actor, id);
      return prisma.user.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  unlockMember: t.withAuth({ write: true }).prismaField({
    type: MemberType,
    errors: {},
    description: 'Lets a locked member sign in again. Machines stay stopped. Only for the administrator.',
    args: { id: t.arg.id({ description: 'Id of the member.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = memberId(args.id);
      await services.members.unlock(actor, id);
      return prisma.user.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  deleteMember: t.withAuth({ write: true }).field({
    type: DeleteMemberPayload,
    errors: {},
    description: 'Deletes a member with all deployments. Only for the administrator; not for API tokens.',
    args: { id: t.arg.id({ description: 'Id of the member.' }) },
    resolve: async (_root, args, { actor, services }) => {
      const id = memberId(args.id);
      await services.members.delete(actor, id);
      return { id };
    },
  }),
  deleteAccount: t.withAuth({ write: true }).field({
    type: DeleteMemberPayload,
    errors: {},
    description: "Deletes the viewer's account with all deployments. Not for API tokens, nor for the administrator.",
    args: {
      currentPassword: t.arg.string({
        required: false,
        description: 'The current password; required if the viewer has one.',
      }),
    },
    resolve: async (_root, { currentPassword }, { actor, services }) => {
      await services.account.confirm(actor, currentPassword ?? null);
      await services.members.deleteSelf(actor);
      return { id: actor.userId };
    },
  }),
}));
