import { requestProblem } from './problem.ts';

/** What to say when a mutation did not do what it was asked for. */
export type Refusal = { message: string; hint?: string | null | undefined };

export type Answer<Payload> = { payload: Payload; problem?: never } | { problem: Refusal };

type Named<Result, Name> = Extract<Result, { __typename: Name }>;

/**
 * A mutation answers with a union of its payload and the expected errors. Asks, and gives the payload of that name, or
 * why there is none; it never throws.
 */
export async function payloadOf<Result extends { __typename: string }, Name extends Result['__typename']>(
  name: Name,
  ask: () => Promise<Result | null | undefined>,
): Promise<Answer<Named<Result, Name>>> {
  try {
    const result = await ask();
    if (result && isNamed(result, name)) return { payload: result };
    return { problem: isRefusal(result) ? result : requestProblem(null) };
  } catch (error) {
    return { problem: requestProblem(error) };
  }
}

const isNamed = <Result extends { __typename: string }, Name extends string>(
  result: Result,
  name: Name,
): result is Named<Result, Name> => result.__typename === name;

const isRefusal = (result: object | null | undefined): result is Refusal =>
  typeof result === 'object' && result !== null && 'message' in result && typeof result.message === 'string';
