import { UserError } from '#server/domain/errors.ts';
import type { SyncState } from '#server/domain/registry/service.ts';
import { builder } from '../builder.ts';
import { RegistrySyncType } from './queries.ts';

const RegistrySyncPayload = builder.objectRef<{ sources: SyncState[] }>('RegistrySyncPayload').implement({
  description: 'Confirmation that every source is read now.',
  fields: (t) => ({
    sources: t.expose('sources', { type: [RegistrySyncType], description: 'How fresh the copy of each source is.' }),
  }),
});

builder.mutationField('syncRegistry', (t) =>
  t.withAuth({ write: true }).field({
    type: RegistrySyncPayload,
    errors: {},
    description: 'Reads every source of the registry now, not at its next time. For the administrator alone.',
    resolve: async (_root, _args, { actor, services }) => {
      if (actor.role === 'ADMIN') return { sources: await services.registry.requestSync() };
      throw new UserError('FORBIDDEN', 'Only the administrator has the registry read at once.');
    },
  }),
);
