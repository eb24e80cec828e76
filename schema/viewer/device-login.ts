import type { DeviceRequest } from '#server/domain/identity/device-logins.ts';
import { builder } from '../builder.ts';
import { ApiTokenScopeEnum } from '../enums.ts';

const DeviceLoginType = builder.objectRef<DeviceRequest>('DeviceLogin').implement({
  description: 'A program that waits to be let in, such as `catwalk login` on another computer.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it calls itself; anybody can call themselves anything.' }),
    address: t.exposeString('address', { nullable: true, description: 'The address it asks from.' }),
    scope: t.expose('scope', { type: ApiTokenScopeEnum, description: 'What it asks to be allowed.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it asked.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it waits.' }),
  }),
});

const DeviceAnswerPayload = builder.objectRef<{ allowed: boolean }>('DeviceAnswerPayload').implement({
  description: 'What the program will hear when it asks next.',
  fields: (t) => ({ allowed: t.exposeBoolean('allowed', { description: 'Whether it is let in.' }) }),
});

const AllowDeviceInput = builder.inputType('AllowDeviceInput', {
  description: 'Whom to let in, and what for.',
  fields: (t) => ({
    code: t.string({ description: 'The code that the program shows.' }),
    scope: t.field({ type: ApiTokenScopeEnum, description: 'What it may do; never more than it asked for.' }),
    days: t.int({ required: false, description: 'How long its token lives; until it is revoked when not given.' }),
  }),
});

builder.queryField('deviceLogin', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: DeviceLoginType,
    nullable: true,
    description: 'Who waits with this code; null when nobody does. Not for API tokens.',
    args: { code: t.arg.string({ description: 'The code that the program shows.' }) },
    resolve: (_root, { code }, { actor, services }) => services.deviceLogins.find(actor, code),
  }),
);

builder.mutationFields((t) => ({
  allowDevice: t.withAuth({ write: true }).field({
    type: DeviceAnswerPayload,
    errors: {},
    description: 'Gives the program an API token of the viewer. Not for API tokens.',
    args: { input: t.arg({ type: AllowDeviceInput, description: 'Whom to let in.' }) },
    resolve: async (_root, { input }, { actor, services }) => {
      await services.deviceLogins.allow(actor, input.code, { scope: input.scope, days: input.days ?? null });
      return { allowed: true };
    },
  }),
  denyDevice: t.withAuth({ write: true }).field({
    type: DeviceAnswerPayload,
    errors: {},
    description: 'Turns the program away. Not for API tokens.',
    args: { code: t.arg.string({ description: 'The code that the program shows.' }) },
    resolve: async (_root, { code }, { actor, services }) => {
      await services.deviceLogins.deny(actor, code);
      return { allowed: false };
    },
  }),
}));
