import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink } from '@apollo/client';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { DeploymentAgeFragmentDoc } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { createCache } from './cache.ts';
import type { ConnectionStore } from './connection.ts';
import { createRetryStaleLink } from './retry-stale-link.ts';
import { createSocket } from './socket.ts';

type ClientOptions = {
  /** The page's own origin. */
  origin: string;
  connection: ConnectionStore;
  /** Called when the server reports that the session has ended. */
  onSignedOut: () => void;
};

const REFETCH_DELAY_MS = 50;

graphql(`
  fragment DeploymentAge on Deployment {
    updatedAt
  }
`);

const isSignedOut = (error: unknown): boolean =>
  CombinedGraphQLErrors.is(error) && error.errors.some((one) => one.extensions?.['code'] === 'UNAUTHENTICATED');

export function createApolloClient({ origin, connection, onSignedOut }: ClientOptions): ApolloClient {
  const socket = createSocket({
    url: new URL('/graphql', origin).href.replace(/^http/, 'ws'),
    connection,
    // Subscriptions resume by themselves; changes made while the socket was down are read again.
    onReconnected: () => setTimeout(() => void client.refetchQueries({ include: 'active' }), REFETCH_DELAY_MS),
    onSignedOut,
  });
  const errors = new ErrorLink(({ error }) => {
    if (isSignedOut(error)) onSignedOut();
  });
  const transport = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: new URL('/graphql', origin).href, credentials: 'same-origin' }),
  );
  const cache = createCache();
  const retryStale = createRetryStaleLink((id) => {
    const from = { __typename: 'Deployment', id } as const;
    return cache.readFragment({ fragment: DeploymentAgeFragmentDoc, from })?.updatedAt ?? null;
  });
  const client = new ApolloClient({
    cache,
    link: ApolloLink.from([errors, retryStale, transport]),
    defaultOptions: { watchQuery: { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' } },
    devtools: { enabled: import.meta.env.DEV },
  });
  return client;
}
