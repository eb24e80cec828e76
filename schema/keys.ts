import { UserError } from '#server/domain/errors.ts';
import { builder } from './builder.ts';

const KeyRotationType = builder.objectRef<{ kid: string; envelopes: number }>('KeyRotation').implement({
  description: 'The result of a rotation of the encryption keys.',
  fields: (t) => ({
    kid: t.exposeString('kid', { description: 'The id of the key that everything is sealed with now.' }),
    envelopes: t.exposeInt('envelopes', { description: 'Number of secrets that were encrypted again.' }),
  }),
});

builder.mutationField('rotateKeys', (t) =>
  t.withAuth({ write: true }).field({
    type: KeyRotationType,
    errors: {},
    description: 'Encrypts every secret of this installation again with its current key. For the administrator alone.',
    resolve: (_root, _args, { actor, services }) => {
      if (actor.role === 'ADMIN') return services.rotateKeys(actor);
      throw new UserError('FORBIDDEN', 'Only the administrator rotates keys.');
    },
  }),
);
