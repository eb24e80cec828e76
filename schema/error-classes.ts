import { UserError, type UserErrorKind } from '#server/domain/errors.ts';

/**
 * The domain has one class of expected error and tells its kinds apart by a field; a result union needs a class each.
 * These are never constructed: an error is an instance of the one that stands for its kind.
 */
const classOf = (kind: UserErrorKind) =>
  class extends UserError {
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof UserError && value.kind === kind;
    }
  };

export const InvalidInputError = classOf('invalid-input');
export const NotFoundError = classOf('not-found');
export const ConflictError = classOf('conflict');
export const LimitError = classOf('limit');
export const UpstreamError = classOf('upstream');
export const GenericUserError = classOf('generic');
