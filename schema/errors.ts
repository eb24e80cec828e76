import { ERROR_CODES, type FieldProblem, type UserError } from '#server/domain/errors.ts';
import { builder } from './builder.ts';
import {
  ConflictError,
  GenericUserError,
  InvalidInputError,
  LimitError,
  NotFoundError,
  UpstreamError,
} from './error-classes.ts';

export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'Every code of an expected error; docs/errors.md explains each.',
  values: ERROR_CODES,
});

const UserErrorInterface = builder.interfaceRef<UserError>('UserError').implement({
  description: 'An expected error, safe to show to the user.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'Which error it is, for programs.' }),
    message: t.exposeString('message', { description: 'What happened, in one sentence.' }),
    hint: t.exposeString('hint', { nullable: true, description: 'What to do about it.' }),
    retryable: t.exposeBoolean('retryable', { description: 'Whether the same request may succeed later.' }),
  }),
});

const FieldProblemType = builder.objectRef<FieldProblem>('FieldProblem').implement({
  description: 'What is wrong with one field of an input.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'The name of the field, credential or argument.' }),
    message: t.exposeString('message', { description: 'What is wrong with it, in one sentence.' }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input cannot be used as it is.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    fields: t.expose('fields', {
      type: [FieldProblemType],
      description: 'Which fields are wrong, where that is known.',
    }),
  }),
});

const plain = [
  [NotFoundError, 'NotFoundError', 'It does not exist, or belongs to somebody else.'],
  [ConflictError, 'ConflictError', 'It does not fit the present state.'],
  [LimitError, 'LimitError', 'A quota or rate limit is reached.'],
  [UpstreamError, 'UpstreamError', 'A service that Catwalk depends on failed or refused.'],
  [GenericUserError, 'GenericUserError', 'Any other expected error.'],
] as const;
for (const [errorClass, name, description] of plain) {
  builder.objectType(errorClass, { name, description, interfaces: [UserErrorInterface] });
}
