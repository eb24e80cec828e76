import { GraphQLError } from 'graphql';
import { isDiskFull } from '#prisma/disk-full.ts';
import { UserError } from '#server/domain/errors.ts';
import type { Log } from '../logging/log.ts';

/** The answer to a write for which there is no room. Its transaction was undone. */
export const STORAGE_FULL = {
  code: 'STORAGE_FULL',
  message: 'The disk of the Catwalk server is full. Nothing was changed.',
  hint: 'The person who runs the server must free some space. Then try again.',
} as const;

/**
 * Masks an error that is not a member of a result, for the client: expected ones keep their code and hint, GraphQL's
 * own stay as they are, everything else becomes an id that leads to the log.
 */
export function createMaskError(log: Log, idOf: () => string) {
  return (error: unknown): Error => {
    const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    if (original instanceof GraphQLError) return original === error ? original : located(original, error);
    if (isNulRefusal(original)) {
      const extensions = { code: 'INVALID_INPUT', hint: 'Remove the character, then try again.', retryable: false };
      return located(new GraphQLError('Text cannot contain a NUL character.', { extensions }), error);
    }
    if (original instanceof UserError) {
      const { code, hint, retryable } = original;
      return located(new GraphQLError(original.message, { extensions: { code, hint, retryable } }), error);
    }
    if (isDiskFull(original)) {
      log.error({ component: 'database' }, STORAGE_FULL.message);
      const { code, message, hint } = STORAGE_FULL;
      return located(new GraphQLError(message, { extensions: { code, hint, retryable: true } }), error);
    }
    const requestId = idOf();
    log.error({ err: original, requestId }, 'A GraphQL field failed.');
    const extensions = { code: 'INTERNAL', hint: 'Try again; the log has more under this request id.', requestId };
    return located(new GraphQLError('Something went wrong on our side.', { extensions }), error);
  };
}

/** Reports whether the database refused a text of the caller: PostgreSQL stores every character except NUL (22021). */
const isNulRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  /invalid byte sequence for encoding "UTF8": 0x00|null character not permitted/.test(error.message);

/** Keeps the place in the document where it happened. */
function located(masked: GraphQLError, error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) return masked;
  const { nodes, path } = error;
  return new GraphQLError(masked.message, { nodes: nodes ?? null, path: path ?? null, extensions: masked.extensions });
}
