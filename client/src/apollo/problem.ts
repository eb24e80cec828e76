import { graphql } from '../generated/index.ts';

/** Every expected error of a mutation selects this one fragment. */
graphql(`
  fragment Problem_error on UserError {
    code
    message
    hint
    retryable
    ... on InvalidInputError {
      fields {
        field
        message
      }
    }
  }
`);

/** Describes why an action did not succeed: an expected error of the server, or a request that failed as a whole. */
export type UserProblem = {
  code: string;
  message: string;
  hint?: string | null | undefined;
  retryable?: boolean;
  /** The inputs that the server refused, by the path of each. */
  fields?: readonly { field: string; message: string }[];
};

/** What happened and what to do, as one text. */
export const problemText = ({ message, hint }: UserProblem): string => [message, hint].filter(Boolean).join(' ');

export const UNREACHABLE_MESSAGE = 'Can’t reach the server.';

/** Browsers word a failed connection differently; Apollo and graphql-ws pass their words on. */
const isUnreachable = (error: unknown): boolean =>
  error instanceof TypeError ||
  (error instanceof Error && /failed to fetch|networkerror|load failed|socket closed/i.test(error.message));

/** Describes a request that failed as a whole, in the shape of an expected error. */
export function requestProblem(error: unknown): UserProblem {
  if (isUnreachable(error)) {
    return {
      code: 'UNREACHABLE',
      message: UNREACHABLE_MESSAGE,
      hint: 'Make sure Catwalk is running, then try again.',
      retryable: true,
    };
  }
  return {
    code: 'REQUEST_FAILED',
    message: (error instanceof Error && error.message) || 'The request failed.',
    hint: 'Try again. If it keeps happening, the server log has the cause.',
    retryable: true,
  };
}
