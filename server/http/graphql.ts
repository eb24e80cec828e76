import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { GraphqlContext } from '#schema/context.ts';
import { createSharedReads } from '#schema/shared-reads.ts';
import type { Log } from '../logging/log.ts';
import { currentRequestId } from '../logging/request-id.ts';
import type { Authenticate, Credentials } from './authenticate.ts';
import { createDocumentCache } from './document-cache.ts';
import { createCredentialsIn, type GraphqlServerContext } from './graphql-context.ts';
import { type ObserveOperation, observeOperations } from './graphql-metrics.ts';
import { createMaskError } from './mask-error.ts';
import { limitSubscriptions } from './open-subscriptions.ts';
import { queryLimits } from './query-limits.ts';
import type { LimitCaller } from './rate-limit.ts';
import { repeatsTooOften } from './repeated-fields.ts';
import { limitMutations } from './root-fields.ts';
import type { Shares } from './shares.ts';
import type { SignedInConnections } from './signed-in-connections.ts';

export const GRAPHQL_PATH = '/graphql';
const TOKENS_MAX = 4_000;
const DOCUMENT_CHARACTERS_MAX = 100_000;

/** The parts of the context besides the actor. */
export type ContextParts = Omit<GraphqlContext, 'actor' | 'isStillSignedIn' | 'shareRead'>;

export type GraphqlServer = YogaServerInstance<GraphqlServerContext, GraphqlContext>;

export type GraphqlOptions = {
  schema: GraphQLSchema;
  context: ContextParts;
  authenticate: Authenticate;
  addressOf: (req: IncomingMessage) => string;
  connections: SignedInConnections;
  openByNetwork: Shares;
  limitCaller: LimitCaller;
  observe: ObserveOperation | null;
  log: Log;
};

const refusal = (message: string) => new GraphQLError(message, { extensions: { code: 'LIMIT_REACHED' } });

const limits: Plugin = {
  onParse: ({ params, setParseFn }) => {
    if (params.source.toString().length > DOCUMENT_CHARACTERS_MAX) throw refusal('The document is too long.');
    setParseFn((source, options) => parse(source, { ...options, maxTokens: TOKENS_MAX }));
  },
  onValidate: ({ params: { documentAST }, addValidationRule, setResult }) => {
    if (repeatsTooOften(documentAST)) setResult([refusal('The document selects the same field too often.')]);
    else addValidationRule(queryLimits);
  },
};

/** Forms and plain text, which any page can make a browser send, are not read at all. */
const jsonAlone: Plugin = {
  onRequest: ({ request, fetchAPI, endResponse }) => {
    if (request.method !== 'POST' || /^application\/json\b/i.test(request.headers.get('content-type') ?? '')) return;
    const errors = [{ message: 'Send JSON, as application/json.', extensions: { code: 'INVALID_INPUT' } }];
    endResponse(fetchAPI.Response.json({ errors }, { status: 415 }));
  },
};

/** Errors hold their document: a cache of them would let callers fill the memory. */
const NO_CACHE = { get: () => undefined, set: () => {} };

/** GraphQL over HTTP and, for subscriptions, SSE. The WebSocket server runs on the same pipeline. */
export function createGraphqlServer(options: GraphqlOptions): GraphqlServer {
  const { schema, context, authenticate, addressOf, connections, openByNetwork, limitCaller, log } = options;
  const shareRead = createSharedReads();
  const credentialsIn = createCredentialsIn(addressOf);
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
    maxRequestBodySize: false, // the body has been read and parsed by then
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: NO_CACHE },
    context: (initial) => contextOf(credentialsIn(initial)),
    maskedErrors: { maskError: createMaskError(log, () => currentRequestId() ?? randomUUID()) },
    logging: false, // Yoga would log errors of callers with their documents; unexpected errors are logged when masked
    plugins: [
      jsonAlone,
      limits,
      limitSubscriptions({ connections, openByNetwork, credentialsIn }),
      // the context of an operation begins with the initial context
      limitMutations((context, further) => limitCaller(credentialsIn(context as GraphqlServerContext), further)),
      ...(options.observe ? [observeOperations(options.observe)] : []),
    ],
  });
}
