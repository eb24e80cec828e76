import { builder } from '../builder.ts';

export const SignInLinkType = builder.objectRef<{ url: string; expiresAt: Date }>('SignInLink').implement({
  description: 'A link that signs in once, in the browser that opens it.',
  fields: (t) => ({
    url: t.exposeString('url', { description: 'The link; shown here and never again.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it works.' }),
  }),
});

builder.mutationField('createSignInLink', (t) =>
  t.withAuth({ write: true }).field({
    type: SignInLinkType,
    errors: {},
    description: "Makes a sign-in link. Only for the token of the command line on the server's own computer.",
    resolve: (_root, _args, { actor, services }) => services.localSignIn.createLink(actor),
  }),
);
