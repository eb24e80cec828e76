import { builder } from './builder.ts';
import type { InstallationFacts } from './context.ts';

const MachinesKindEnum = builder.enumType('MachinesKind', {
  description: 'Where deployments run.',
  values: { LOCAL: { description: 'On this computer.' }, FLY: { description: 'On Fly.io.' } },
});

const InstallationType = builder.objectRef<InstallationFacts>('Installation').implement({
  description: 'What everybody may know about this installation.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'The version of Catwalk.' }),
    machines: t.field({
      type: MachinesKindEnum,
      description: 'Where deployments run.',
      resolve: ({ machines }) => (machines === 'local' ? ('LOCAL' as const) : ('FLY' as const)),
    }),
    signUpOpen: t.boolean({
      description: 'Whether anybody new may make an account; while sign-up is limited, only those who are let in.',
      resolve: ({ signUpOpen }) => signUpOpen(),
    }),
    passwordSignIn: t.exposeBoolean('passwordSignIn', {
      description: 'Whether one can sign in with a password. If not, one-time links are the way.',
    }),
    gitHubSignIn: t.exposeBoolean('gitHubSignIn', { description: 'Whether one can sign in with GitHub.' }),
  }),
});

builder.queryField('installation', (t) =>
  t.field({
    type: InstallationType,
    skipTypeScopes: true,
    description: 'This installation; the only thing besides `viewer` that can be asked for when signed out.',
    resolve: (_root, _args, { installation }) => installation,
  }),
);
