import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { CliFailure } from './failure.ts';
import type { ServerAddress } from './find-server.ts';
import { type FollowOptions, followOperation } from './graphql-socket.ts';
import type { Operation } from './operations/operation.ts';
import { graphqlErrorsSchema, notCatwalk, resultOf, throwGraphqlErrors, unreachable } from './responses.ts';

const REQUEST_TIMEOUT_MS = 60_000;
/** Several callers may keep a gigabyte each. */
const DOWNLOAD_TIMEOUT_MS = 60 * 60_000;

const refusalSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});

const answerSchema = z.object({ data: z.looseObject({}).nullish(), errors: graphqlErrorsSchema.optional() });

export type Variables = Record<string, unknown>;

export interface GraphqlClient {
  readonly url: string;
  /** Sends a query or mutation. Throws CliFailure if the server refuses it or cannot be reached. */
  ask<Result>(operation: Operation<Result>, variables?: Variables, signal?: AbortSignal): Promise<Result>;
  /** Gets a file of the server. Throws CliFailure if the server refuses it or cannot be reached. */
  download(path: string): Promise<Readable>;
  /** A subscription, through restarts of the server. Ends when the server ends it or the signal aborts. */
  follow<Result>(operation: Operation<Result>, variables: Variables, options: FollowOptions): AsyncGenerator<Result>;
}

export function createGraphqlClient(server: ServerAddress): GraphqlClient {
  const { url, token } = server;
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
  };

  return {
    url,
    ask: async (operation, variables = {}, signal) => {
      const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${url}/graphql`, {
          method: 'POST',
          redirect: 'manual', // a POST that is redirected becomes a GET
          headers,
          body: JSON.stringify({ query: operation.document, variables }),
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        });
        text = await response.text();
      } catch (error) {
        signal?.throwIfAborted();
        throw unreachable(url, error);
      }
      const answer = answerSchema.safeParse(parseJson(text)).data;
      if (!answer || (!answer.data && !answer.errors)) throw notCatwalk(url, response);
      if (answer.errors?.length) throwGraphqlErrors(server, answer.errors);
      return resultOf(operation, answer.data);
    },
    download: async (path) => {
      let response: Response;
      try {
        response = await fetch(`${url}${path}`, {
          redirect: 'manual',
          headers: token === null ? {} : { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
        });
      } catch (error) {
        throw unreachable(url, error);
      }
      // Node's own stream, which the types of the Web describe in another way
      if (response.ok && response.body !== null) return Readable.fromWeb(response.body as NodeReadableStream);
      const refusal = refusalSchema.safeParse(parseJson(await response.text())).data;
      if (!refusal) throw notCatwalk(url, response);
      const { code, message, hint = null } = refusal.error;
      throw new CliFailure(code, message, { hint });
    },
    follow: (operation, variables, options) => followOperation(server, operation, variables, options),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the caller reports that no Catwalk server responds there
  }
}
