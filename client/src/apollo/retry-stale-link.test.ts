import { ApolloClient, ApolloLink, gql } from '@apollo/client';
import { Observable } from 'rxjs';
import { expect, test } from 'vitest';
import { createCache } from './cache.ts';
import { createRetryStaleLink } from './retry-stale-link.ts';

const query = gql`
  query List {
    deployments {
      edges {
        node {
          id
          status
          updatedAt
        }
      }
    }
  }
`;
const listOf = (status: string, second: number) => ({
  deployments: {
    __typename: 'DeploymentConnection',
    edges: [
      {
        __typename: 'DeploymentEdge',
        cursor: 'a',
        node: { __typename: 'Deployment', id: 'a', status, updatedAt: `2026-11-20T12:00:0${second}.000Z` },
      },
    ],
  },
});

/** A server that returns one list after the other, and a cache that knows of a change at second 2. */
function clientOf(results: ReturnType<typeof listOf>[]) {
  let requests = 0;
  const server = new ApolloLink(() => {
    const data = results[Math.min(requests, results.length - 1)];
    requests += 1;
    return new Observable((observer) => {
      observer.next(data ? { data } : {});
      observer.complete();
    });
  });
  const retryStale = createRetryStaleLink((id) => (id === 'a' ? '2026-11-20T12:00:02.000Z' : null));
  const client = new ApolloClient({ cache: createCache(), link: ApolloLink.from([retryStale, server]) });
  return { read: () => client.query({ query, fetchPolicy: 'no-cache' }), requestCount: () => requests };
}

test('repeats a query whose rows are older than the cache', async () => {
  const { read, requestCount } = clientOf([listOf('DEPLOYING', 1), listOf('RUNNING', 2)]);
  expect((await read()).data).toMatchObject(listOf('RUNNING', 2));
  expect(requestCount()).toBe(2);
});

test('accepts a result as new as the cache at once', async () => {
  const { read, requestCount } = clientOf([listOf('RUNNING', 2)]);
  expect((await read()).data).toMatchObject(listOf('RUNNING', 2));
  expect(requestCount()).toBe(1);
});

test('accepts the result of a server whose clock is behind after two repeats', async () => {
  const { read, requestCount } = clientOf([listOf('STOPPED', 1)]);
  expect((await read()).data).toMatchObject(listOf('STOPPED', 1));
  expect(requestCount()).toBe(3);
});
