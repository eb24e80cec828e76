import { z } from 'zod';
import { CliFailure } from './failure.ts';
import type { ServerAddress } from './find-server.ts';
import type { Operation } from './operations/operation.ts';

/** The members of every mutation's result union that implement UserError. */
const refusalSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullish(),
  retryable: z.boolean(),
  fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

export const graphqlErrorsSchema = z.array(
  z.object({
    message: z.string(),
    extensions: z.looseObject({ code: z.string().optional(), hint: z.string().nullish() }).optional(),
  }),
);

/** Returns the field `result` of an operation in its expected shape, or throws the refusal in its place. */
export function resultOf<Result>(operation: Operation<Result>, data: unknown): Result {
  const result = z.object({ result: z.unknown() }).parse(data).result;
  const refusal = refusalOf(result);
  if (refusal) throw refusal;
  const parsed = operation.result.safeParse(result);
  if (parsed.success) return parsed.data;
  throw new CliFailure('INTERNAL', 'This command cannot read the response of the server.', {
    hint: 'Use the same version of the command and the server.',
    cause: parsed.error,
  });
}

/** The failure that a mutation returned; null if it returned its payload. */
export function refusalOf(result: unknown): CliFailure | null {
  const { data } = refusalSchema.safeParse(result);
  return data ? new CliFailure(data.code, data.message, { ...data, hint: hintFor(data.code, data.hint) }) : null;
}

/** Replaces a hint that points to the dashboard. */
const hintFor = (code: string, hint: string | null | undefined): string | null =>
  code === 'UNVERIFIED_PACKAGE'
    ? 'Check the package first. To deploy it anyway, add --accept-unverified.'
    : (hint ?? null);

/** Errors outside of a result: signed out, rate limited, not in the schema, or a defect of the server. */
export function throwGraphqlErrors({ url, token }: ServerAddress, errors: z.infer<typeof graphqlErrorsSchema>): never {
  const [first] = errors;
  const code = first?.extensions?.code ?? 'INTERNAL';
  if (code === 'UNAUTHENTICATED') {
    throw new CliFailure(
      code,
      token === null
        ? `The server at ${url} requires you to sign in.`
        : `The server at ${url} does not accept this token.`,
      { hint: `Run: catwalk login --server ${url}` },
    );
  }
  if (code === 'GRAPHQL_VALIDATION_FAILED') {
    throw new CliFailure(code, `The server at ${url} does not know this command: ${first?.message ?? ''}`, {
      hint: 'Use the same version of the command and the server.',
    });
  }
  throw new CliFailure(code, first?.message ?? 'The server failed.', { hint: first?.extensions?.hint ?? null });
}

const START_HINT = 'Start it with npm start, or pass --server.';

/** The server did not respond, or not in time. */
export function unreachable(url: string, error: unknown): CliFailure {
  const slow = error instanceof Error && error.name === 'TimeoutError';
  const message = slow ? `The server at ${url} did not respond in time.` : `No Catwalk server responds at ${url}.`;
  return new CliFailure('SERVER_UNREACHABLE', message, { hint: START_HINT, retryable: true, cause: error });
}

/** The response is not GraphQL. */
export function notCatwalk(url: string, response: Response): CliFailure {
  const { status } = response;
  const location = response.headers.get('location');
  if (status >= 300 && status < 400 && location) {
    return new CliFailure('SERVER_UNREACHABLE', `${url} redirects to ${location}.`, {
      hint: 'Pass that address to --server.',
    });
  }
  if (status === 429 || status >= 500) {
    return new CliFailure('SERVER_UNREACHABLE', `The server at ${url} responded with status ${status}.`, {
      hint: 'Try again in a moment.',
      retryable: true,
    });
  }
  return new CliFailure('SERVER_UNREACHABLE', `The server at ${url} is not a Catwalk server (status ${status}).`, {
    hint: 'Check the address passed to --server.',
  });
}
