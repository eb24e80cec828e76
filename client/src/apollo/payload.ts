import { requestProblem, type UserProblem } from './problem.ts';

export type MutationOutcome<Payload> = { payload: Payload; problem?: never } | { problem: UserProblem };

type Named<Result, Name> = Extract<Result, { __typename: Name }>;

/**
 * Runs a mutation, whose result is a union of its payload and the expected errors, and returns the payload of that name
 * or the problem. It never throws.
 */
export async function payloadOf<Result extends { __typename: string }, Name extends Result['__typename']>(
  name: Name,
  send: () => Promise<Result | null | undefined>,
): Promise<MutationOutcome<Named<Result, Name>>> {
  try {
    const result = await send();
    if (result && isNamed(result, name)) return { payload: result };
    return { problem: isProblem(result) ? result : requestProblem(null) };
  } catch (error) {
    return { problem: requestProblem(error) };
  }
}

const isNamed = <Result extends { __typename: string }, Name extends string>(
  result: Result,
  name: Name,
): result is Named<Result, Name> => result.__typename === name;

/** The types of the errors are masked by `Problem_error`; its fields are there at run time. */
const isProblem = (result: object | null | undefined): result is UserProblem =>
  typeof result === 'object' && result !== null && 'message' in result && typeof result.message === 'string';
