import { z } from 'zod';
import type { ServerAddress } from './find-server.ts';
import { type FollowOptions, followOperation } from './graphql-socket.ts';
import type { Operation } from './operations/operation.ts';
import { graphqlErrorsSchema, notCatwalk, resultOf, throwGraphqlErrors, unreachable } from './responses.ts';

const REQUEST_TIMEOUT_MS = 60_000;

const answerSchema = z.object({ data: z.looseObject({}).nullish(), errors: graphqlErrorsSchema.optional() });

export type Variables = Record<string, unknown>;

export interface GraphqlClient {
  readonly url: string;
  /** Sends a query or mutation. Throws CliFailure if the server refuses it or cannot be reached. */
  ask<Result>(operation: Operation<Result>, variables?: Variables, signal?: AbortSignal): Promise<Result>;
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
