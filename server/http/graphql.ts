import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type GraphQLSchema, parse } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { GraphqlContext } from '#schema/context.ts';
import { createSharedReads } from '#schema/shared-reads.ts';
import type { Log } from '../logging/log.ts';
import { currentRequestId } from '../logging/request-id.ts';
import { type Authenticate, type Credentials, credentialsOf } from './authenticate.ts';
import { type ObserveOperation, observeOperations } from './graphql-metrics.ts';
import { createMaskError } from './mask-error.ts';
import { queryLimits } from './query-limits.ts';
import type { SignedInConnections } from './signed-in-connections.ts';

export const GRAPHQL_PATH = '/graphql';
const TOKENS_MAX = 4_000;
const BODY_BYTES_MAX = 8 * 1024 * 1024; // FILE credentials come as base64

/** What the context needs besides who asks. */
export type ContextParts = Omit<GraphqlContext, 'actor' | 'isStillSignedIn' | 'shareRead'>;

/** Over HTTP there are a request and a response, over WebSocket the credentials that the socket opened with. */
export type GraphqlServerContext = { req: IncomingMessage; res: ServerResponse } | { credentials: Credentials };

export type GraphqlServer = YogaServerInstance<GraphqlServerContext, GraphqlContext>;

export type GraphqlOptions = {
  schema: GraphQLSchema;
  context: ContextParts;
  authenticate: Authenticate;
  addressOf: (req: IncomingMessage) => string;
  connections: SignedInConnections;
  observe: ObserveOperation | null;
  log: Log;
};

const limits: Plugin = {
  onParse: ({ setParseFn }) => setParseFn((source, options) => parse(source, { ...options, maxTokens: TOKENS_MAX })),
  onValidate: ({ addValidationRule }) => addValidationRule(queryLimits),
};

/** Forms and plain text, which any page can make a browser send, are not read at all. */
const jsonAlone: Plugin = {
  onRequest: ({ request, fetchAPI, endResponse }) => {
    if (request.method !== 'POST' || /^application\/json\b/i.test(request.headers.get('content-type') ?? '')) return;
    const errors = [{ message: 'Send JSON, as application/json.', extensions: { code: 'INVALID_INPUT' } }];
    endResponse(fetchAPI.Response.json({ errors }, { status: 415 }));
  },
};

/** GraphQL over HTTP and, for subscriptions, SSE. The WebSocket server runs on the same pipeline. */
export function createGraphqlServer(options: GraphqlOptions): GraphqlServer {
  const { schema, context, authenticate, addressOf, connections, log } = options;
  const shareRead = createSharedReads();
  const contextOf = async (credentials: Credentials): Promise<GraphqlContext> => {
    const actor = await authenticate(credentials);
    return {
      ...context,
      actor,
      isStillSignedIn: async () => {
        const { authorization, cookie, address } = credentials;
        const key = JSON.stringify(['signed in', authorization, cookie, address]);
        return (await shareRead(key, () => authenticate(credentials)))?.userId === actor?.userId;
      },
      shareRead,
    };
  };

  return createYoga<GraphqlServerContext, GraphqlContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    graphiql: false,
    landingPage: false,
    cors: false, // the dashboard is of the same origin, and scripts need none
    batching: false,
    multipart: false,
    maxRequestBodySize: BODY_BYTES_MAX,
    context: async (initial) => {
      if ('credentials' in initial) return contextOf(initial.credentials);
      const { req, res } = initial;
      const credentials = credentialsOf(req.headers, addressOf(req));
      const made = await contextOf(credentials);
      if (made.actor !== null && isStream(req)) {
        res.once(
          'close',
          connections.watch(made.actor.userId, credentials, () => res.destroy()),
        );
      }
      return made;
    },
    maskedErrors: { maskError: createMaskError(log, () => currentRequestId() ?? randomUUID()) },
    logging: {
      debug: (...lines) => log.trace({ component: 'graphql' }, lines.join(' ')),
      info: (...lines) => log.debug({ component: 'graphql' }, lines.join(' ')),
      warn: (...lines) => log.warn({ component: 'graphql' }, lines.join(' ')),
      error: (...lines) => log.error({ component: 'graphql' }, lines.join(' ')),
    },
    plugins: [jsonAlone, limits, ...(options.observe ? [observeOperations(options.observe)] : [])],
  });
}

/** Subscriptions over HTTP come as server-sent events, which stay open. */
const isStream = ({ headers }: IncomingMessage): boolean => headers.accept?.includes('text/event-stream') ?? false;
