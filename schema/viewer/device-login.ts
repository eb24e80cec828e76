import type { DeviceRequest } from '#server/domain/identity/device-logins.ts';
import { builder } from '../builder.ts';
import { ApiTokenScopeEnum } from '../enums.ts';

const DeviceLoginType = builder.objectRef<DeviceRequest>('DeviceLogin').implement({
  description: 'A program that waits to be allowed, such as `catwalk login` on another computer.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name that the program reports. A program can choose any name.' }),
    address: t.exposeString('address', { nullable: true, description: 'The address it asks from.' }),
    scope: t.expose('scope', { type: ApiTokenScopeEnum, description: 'Permissions that it requests.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it asked.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it waits.' }),
  }),
});

const DeviceAnswerPayload = builder.objectRef<{ allowed: boolean }>('DeviceAnswerPayload').implement({
  description: 'The decision that the program receives with its next request.',
  fields: (t) => ({ allowed: t.exposeBoolean('allowed', { description: 'True if the program is allowed.' }) }),
});

const AllowDeviceInput = builder.inputType('AllowDeviceInput', {
  description: 'The program to allow, and its permissions.',
  fields: (t) => ({
    code: t.string({ description: 'The code that the program shows.' }),
    scope: t.field({ type: ApiTokenScopeEnum, description: 'Permissions to grant; never more than it requested.' }),
    days: t.int({ required: false, description: 'Days until the token of the program expires; never when not given.' }),
  }),
});

builder.queryField('deviceLogin', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: DeviceLoginType,
    nullable: true,
    description: 'The program that waits with this code, or null if there is none. Not for API tokens.',
    args: { code: t.arg.string({ description: 'The code that the program shows.' }) },
    resolve: (_root, { code }, { actor, services }) => services.deviceLogins.find(actor, code),
  }),
);

builder.mutationFields((t) => ({
  allowDevice: t.withAuth({ write: true }).field({
    type: DeviceAnswerPayload,
    errors: {},
    description: 'Gives the program an API token of the viewer. Not for API tokens.',
    args: { input: t.arg({ type: AllowDeviceInput, description: 'The program to allow, and its permissions.' }) },
    resolve: async (_root, { input }, { actor, services }) => {
      await services.deviceLogins.allow(actor, input.code, { scope: input.scope, days: input.days ?? null });
      return { allowed: true };
    },
  }),
  denyDevice: t.withAuth({ write: true }).field({
    type: DeviceAnswerPayload,
    errors: {},
    description: 'Denies the program. Not for API tokens.',
    args: { code: t.arg.string({ description: 'The code that the program shows.' }) },
    resolve: async (_root, { code }, { actor, services }) => {
      await services.deviceLogins.deny(actor, code);
      return { allowed: false };
    },
  }),
}));
