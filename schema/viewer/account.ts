import { builder } from '../builder.ts';
import { ViewerType } from './viewer.ts';

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'A new password.',
  fields: (t) => ({
    currentPassword: t.string({
      required: false,
      description: 'The current password; required if the viewer has one.',
    }),
    newPassword: t.string({ description: '10 to 128 characters.' }),
  }),
});

const UpdateAccountInput = builder.inputType('UpdateAccountInput', {
  description: 'The name and address of the viewer.',
  fields: (t) => ({
    name: t.string({ description: 'Display name.' }),
    email: t.string({ description: 'The address they sign in with.' }),
    currentPassword: t.string({
      required: false,
      description: 'The current password; required for another address if the viewer has a password.',
    }),
  }),
});

builder.mutationFields((t) => ({
  changePassword: t.withAuth({ write: true }).prismaField({
    type: ViewerType,
    errors: {},
    description: "Sets the viewer's password and ends their other sessions. Not for API tokens.",
    args: { input: t.arg({ type: ChangePasswordInput, description: 'The old and the new one.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      await services.account.changePassword(actor, { current: input.currentPassword ?? null, next: input.newPassword });
      return prisma.user.findUniqueOrThrow({ ...query, where: { id: actor.userId } });
    },
  }),
  updateAccount: t.withAuth({ write: true }).prismaField({
    type: ViewerType,
    errors: {},
    description: "Changes the viewer's name and address. Not for API tokens.",
    args: { input: t.arg({ type: UpdateAccountInput, description: 'The account as it is to be.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const { name, email, currentPassword } = input;
      await services.account.update(actor, { name, email, password: currentPassword ?? null });
      return prisma.user.findUniqueOrThrow({ ...query, where: { id: actor.userId } });
    },
  }),
}));
