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

/** The field that every operation calls `result`, in its expected shape, or the refusal that stands in its place. */
export function resultOf<Result>(operation: Operation<Result>, data: unknown): Result {
  const result = z.object({ result: z.unknown() }).parse(data).result;
  const refusal = refusalOf(result);
  if (refusal) throw refusal;
  const parsed = operation.result.safeParse(result);
  if (parsed.success) return parsed.data;
  throw new CliFailure('INTERNAL', 'The server answered in a form that this command does not know.', {
    hint: 'Use the command of the same version as the server.',
    cause: parsed.error,
  });
}

/** The failure that a mutation's result stands for; null when it is its payload. */
export function refusalOf(result: unknown): CliFailure | null {
  const { data } = refusalSchema.safeParse(result);
  return data ? new CliFailure(data.code, data.message, { ...data, hint: hintFor(data.code, data.hint) }) : null;
}

/** Where the server's hint speaks of the dashboard, the command line has its own words. */
const hintFor = (code: string, hint: string | null | undefined): string | null =>
  code === 'UNVERIFIED_PACKAGE'
    ? 'Look at it first. To deploy it all the same, add --accept-unverified.'
    : (hint ?? null);

/** Errors outside of a result: signed out, rate limited, not in the schema, or a defect of the server. */
export function throwGraphqlErrors({ url, token }: ServerAddress, errors: z.infer<typeof graphqlErrorsSchema>): never {
  const [first] = errors;
  const code = first?.extensions?.code ?? 'INTERNAL';
  if (code === 'UNAUTHENTICATED') {
    throw new CliFailure(
      code,
      token === null
        ? `The server at ${url} wants to know who asks.`
        : `The server at ${url} does not know this token.`,
      { hint: `Run: catwalk login --server ${url}` },
    );
  }
  if (code === 'GRAPHQL_VALIDATION_FAILED') {
    throw new CliFailure(code, `The server at ${url} does not know this command: ${first?.message ?? ''}`, {
      hint: 'Use the command of the same version as the server.',
    });
  }
  throw new CliFailure(code, first?.message ?? 'The server failed.', { hint: first?.extensions?.hint ?? null });
}

const START_HINT = 'Start it with npm start, or give --server.';

/** Nothing answers, or not in time. */
export function unreachable(url: string, error: unknown): CliFailure {
  const slow = error instanceof Error && error.name === 'TimeoutError';
  const message = slow ? `The server at ${url} did not answer in time.` : `No Catwalk server answers at ${url}.`;
  return new CliFailure('SERVER_UNREACHABLE', message, { hint: START_HINT, retryable: true, cause: error });
}

/** Something answers that is no GraphQL. */
export function notCatwalk(url: string, response: Response): CliFailure {
  const { status } = response;
  const location = response.headers.get('location');
  if (status >= 300 && status < 400 && location) {
    return new CliFailure('SERVER_UNREACHABLE', `${url} sends its visitors on to ${location}.`, {
      hint: 'Give --server the address it sends them to.',
    });
  }
  if (status === 429 || status >= 500) {
    return new CliFailure('SERVER_UNREACHABLE', `The server at ${url} answered with status ${status}.`, {
      hint: 'Try again in a moment.',
      retryable: true,
    });
  }
  return new CliFailure('SERVER_UNREACHABLE', `What answers at ${url} is no Catwalk server (status ${status}).`, {
    hint: 'Check the address given with --server.',
  });
}
