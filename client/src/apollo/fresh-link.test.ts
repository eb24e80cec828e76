import { ApolloClient, ApolloLink, gql } from '@apollo/client';
import { Observable } from 'rxjs';
import { expect, test } from 'vitest';
import { createCache } from './cache.ts';
import { createFreshLink } from './fresh-link.ts';

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

/** A server that answers with one list after the other, and a cache that knows the change at second 2. */
function clientOf(answers: ReturnType<typeof listOf>[]) {
  let asked = 0;
  const server = new ApolloLink(() => {
    const data = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return new Observable((observer) => {
      observer.next(data ? { data } : {});
      observer.complete();
    });
  });
  const fresh = createFreshLink((id) => (id === 'a' ? '2026-11-20T12:00:02.000Z' : null));
  const client = new ApolloClient({ cache: createCache(), link: ApolloLink.from([fresh, server]) });
  return { ask: () => client.query({ query, fetchPolicy: 'no-cache' }), timesAsked: () => asked };
}

test('a row that was read before the change the cache has heard of is asked for again', async () => {
  const { ask, timesAsked } = clientOf([listOf('DEPLOYING', 1), listOf('RUNNING', 2)]);
  expect((await ask()).data).toMatchObject(listOf('RUNNING', 2));
  expect(timesAsked()).toBe(2);
});

test('an answer as new as the cache is taken at once', async () => {
  const { ask, timesAsked } = clientOf([listOf('RUNNING', 2)]);
  expect((await ask()).data).toMatchObject(listOf('RUNNING', 2));
  expect(timesAsked()).toBe(1);
});

test('a server whose clock is behind is believed in the end', async () => {
  const { ask, timesAsked } = clientOf([listOf('STOPPED', 1)]);
  expect((await ask()).data).toMatchObject(listOf('STOPPED', 1));
  expect(timesAsked()).toBe(3);
});
