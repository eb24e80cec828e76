import { builder } from './builder.ts';
import type { InstallationFacts } from './context.ts';

const MachinesKindEnum = builder.enumType('MachinesKind', {
  description: 'The place where deployments run.',
  values: { LOCAL: { description: 'On this computer.' }, FLY: { description: 'On Fly.io.' } },
});

const MachineIsolationType = builder
  .objectRef<NonNullable<InstallationFacts['isolation']>>('MachineIsolation')
  .implement({
    description: 'The walls around machines on this computer.',
    fields: (t) => ({
      boxed: t.exposeBoolean('boxed', { description: 'True if every machine runs in a box.' }),
      summary: t.exposeString('summary', { description: 'A sentence about what is used, or what is missing.' }),
      hint: t.exposeString('hint', { nullable: true, description: 'The way to get boxes, where they are missing.' }),
    }),
  });

const InstallationType = builder.objectRef<InstallationFacts>('Installation').implement({
  description: 'Public facts about this installation.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'The version of Catwalk.' }),
    machines: t.field({
      type: MachinesKindEnum,
      description: 'The place where deployments run.',
      resolve: ({ machines }) => (machines === 'local' ? ('LOCAL' as const) : ('FLY' as const)),
    }),
    isolation: t.field({
      type: MachineIsolationType,
      nullable: true,
      description: 'The walls around machines on this computer. Null for machines elsewhere, and when signed out.',
      resolve: ({ isolation }, _args, { actor }) => (actor === null ? null : isolation),
    }),
    members: t.exposeBoolean('members', { description: 'True if other people can have an account.' }),
    signUpOpen: t.boolean({
      description: 'True if new users may create an account; while sign-up is limited, only allowed addresses may.',
      resolve: ({ signUpOpen }) => signUpOpen(),
    }),
    passwordSignIn: t.exposeBoolean('passwordSignIn', {
      description: 'True if users can sign in with a password. If not, they use one-time links.',
    }),
    mailSignIn: t.exposeBoolean('mailSignIn', {
      description: 'True if users can request a sign-in link by mail, also to sign up or to replace a password.',
    }),
    gitHubSignIn: t.exposeBoolean('gitHubSignIn', { description: 'True if users can sign in with GitHub.' }),
  }),
});

builder.queryField('installation', (t) =>
  t.field({
    type: InstallationType,
    skipTypeScopes: true,
    description: 'The installation of Catwalk; the only thing besides `viewer` that can be asked for when signed out.',
    resolve: (_root, _args, { installation }) => installation,
  }),
);
