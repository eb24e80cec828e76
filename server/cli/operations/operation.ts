import type { z } from 'zod';

/** A GraphQL operation whose one field is called `result`, and the shape that the command relies on. */
export type Operation<Result> = { document: string; result: z.ZodType<Result> };

/** The result without the refusals of a mutation, which the client throws. */
type Payload<Data> = Data extends { result: infer Result }
  ? Result extends { code: string; retryable: boolean }
    ? never
    : Result
  : never;

/**
 * `Data` is the type that codegen derives from the document and the schema. A shape that reads a field which the document
 * does not select, or expects another type, does not compile.
 */
export const operation =
  <Data extends { result?: unknown }>() =>
  <Shape extends z.ZodType>(
    document: string,
    result: Payload<Data> extends z.input<Shape> ? Shape : Mismatch<Payload<Data>, z.input<Shape>>,
  ): Operation<z.output<Shape>> =>
    ({ document, result: result as Shape }) as Operation<z.output<Shape>>;

/** Shows both types in the error of the compiler. */
type Mismatch<Selected, Expected> = { selected: Selected; expected: Expected };

/** The selection of refusals in every mutation. */
export const REFUSAL = `
  ... on UserError { code message hint retryable }
  ... on InvalidInputError { fields { field message } }`;
