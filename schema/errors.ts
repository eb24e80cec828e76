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
    code: t.expose('code', { type: ErrorCodeEnum, description: 'Error code for programs.' }),
    message: t.exposeString('message', { description: 'The error, in one sentence.' }),
    hint: t.exposeString('hint', { nullable: true, description: 'Suggested fix.' }),
    retryable: t.exposeBoolean('retryable', { description: 'True if the same request may succeed later.' }),
  }),
});

const FieldProblemType = builder.objectRef<FieldProblem>('FieldProblem').implement({
  description: 'A problem with one field of an input.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'The name of the field, credential or argument.' }),
    message: t.exposeString('message', { description: 'The problem, in one sentence.' }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input cannot be used as it is.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    fields: t.expose('fields', {
      type: [FieldProblemType],
      description: 'Fields that are wrong; empty if they are not known.',
    }),
  }),
});

const plain = [
  [NotFoundError, 'NotFoundError', 'The requested object does not exist, or belongs to another user.'],
  [ConflictError, 'ConflictError', 'The request does not fit the present state.'],
  [LimitError, 'LimitError', 'A quota or rate limit is reached.'],
  [UpstreamError, 'UpstreamError', 'A service that Catwalk depends on failed or refused.'],
  [GenericUserError, 'GenericUserError', 'Any other expected error.'],
] as const;
for (const [errorClass, name, description] of plain) {
  builder.objectType(errorClass, { name, description, interfaces: [UserErrorInterface] });
}
