import { UserError } from '#server/domain/errors.ts';
import { builder } from './builder.ts';

const KeyRotationType = builder.objectRef<{ kid: string; envelopes: number }>('KeyRotation').implement({
  description: 'What a rotation of the encryption keys did.',
  fields: (t) => ({
    kid: t.exposeString('kid', { description: 'The id of the key that everything is sealed with now.' }),
    envelopes: t.exposeInt('envelopes', { description: 'How many secrets were sealed anew.' }),
  }),
});

builder.mutationField('rotateKeys', (t) =>
  t.withAuth({ write: true }).field({
    type: KeyRotationType,
    errors: {},
    description: 'Seals every secret of this installation anew with its present key. For the administrator alone.',
    resolve: (_root, _args, { actor, services }) => {
      if (actor.role === 'ADMIN') return services.rotateKeys(actor);
      throw new UserError('FORBIDDEN', 'Only the administrator rotates keys.');
    },
  }),
);
