import { builder } from '../builder.ts';
import { requireUuid, rowUuid } from '../ids.ts';

builder.prismaNode('Session', {
  description: 'A browser that the viewer is signed in with.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ id: rowUuid(id), userId: actor?.userId ?? '' }),
  fields: (t) => ({
    method: t.exposeString('method', {
      nullable: true,
      description: 'Way in which the session began: `link`, `email` or `github`.',
    }),
    address: t.exposeString('ipAddress', { nullable: true, description: 'The address it began from.' }),
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'User agent that the browser reports.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it began.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends by itself.' }),
    isCurrent: t.boolean({
      description: 'True for the session of this request.',
      resolve: ({ id }, _args, { actor }) => actor?.via === 'session' && actor.credentialId === id,
    }),
  }),
});

const SignOutPayload = builder.objectRef<{ ended: number }>('SignOutPayload').implement({
  description: 'Sessions that ended, with everything they had open.',
  fields: (t) => ({ ended: t.exposeInt('ended', { description: 'How many.' }) }),
});

builder.mutationFields((t) => ({
  endSession: t.withAuth({ write: true }).field({
    type: SignOutPayload,
    errors: {},
    description: "Ends one of the viewer's sessions and what it has open, on every instance. Not for API tokens.",
    args: { id: t.arg.id({ description: 'Global id or UUID of the session.' }) },
    resolve: async (_root, args, { actor, services }) => {
      await services.sessions.end(actor, requireUuid(args.id, 'Session'));
      return { ended: 1 };
    },
  }),
  endAllSessions: t.withAuth({ write: true }).field({
    type: SignOutPayload,
    errors: {},
    description: "Ends all of the viewer's sessions, or all but the one that asks. Not for API tokens.",
    args: { keepThis: t.arg.boolean({ defaultValue: true, description: 'True to keep the session of this request.' }) },
    resolve: async (_root, { keepThis }, { actor, services }) => ({
      ended: await services.sessions.endAll(actor, { keepThis }),
    }),
  }),
}));
