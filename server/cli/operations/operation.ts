import type { z } from 'zod';

/** A GraphQL operation whose one field is called `result`, and the shape that the command relies on. */
export type Operation<Result> = { document: string; result: z.ZodType<Result> };

export const operation = <Result>(document: string, result: z.ZodType<Result>): Operation<Result> => ({
  document,
  result,
});

/** The selection of refusals in every mutation. */
export const REFUSAL = `
  ... on UserError { code message hint retryable }
  ... on InvalidInputError { fields { field message } }`;
