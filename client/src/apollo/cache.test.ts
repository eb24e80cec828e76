import { gql } from '@apollo/client';
import { expect, test } from 'vitest';
import { addToList, removeFromList } from '../features/deployments/listed.ts';
import { createCache } from './cache.ts';

const query = gql`
  query Analysis($id: ID!) {
    analysis(id: $id) {
      id
      status
      stages {
        stage
      }
      candidates {
        key
      }
    }
  }
`;

const variables = { id: 'a' };
const analysisOf = (status: string, stages: string[], keys: string[]) => ({
  analysis: {
    __typename: 'Analysis',
    id: 'a',
    status,
    stages: stages.map((stage) => ({ __typename: 'StageProgress', stage })),
    candidates: keys.map((key) => ({ __typename: 'ServerCandidate', key })),
  },
});

test('keeps an analysis finished when an older result arrives late', () => {
  const cache = createCache();
  const done = analysisOf('DONE', ['RESOLVE', 'VERIFY'], ['one']);
  cache.writeQuery({ query, variables, data: done });
  cache.writeQuery({ query, variables, data: analysisOf('RUNNING', ['RESOLVE'], []) });
  expect(cache.readQuery({ query, variables })).toEqual(done);
});

test('replaces an older result with a newer one', () => {
  const cache = createCache();
  cache.writeQuery({ query, variables, data: analysisOf('RUNNING', ['RESOLVE'], []) });
  const done = analysisOf('DONE', ['RESOLVE', 'VERIFY'], ['one']);
  cache.writeQuery({ query, variables, data: done });
  expect(cache.readQuery({ query, variables })).toEqual(done);
});

const list = gql`
  query List($first: Int, $after: String) {
    deployments(first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
const edge = (id: string) => ({
  __typename: 'DeploymentEdge',
  cursor: id,
  node: { __typename: 'Deployment', id, name: `name of ${id}` },
});

test('puts a new deployment at the head of the list once, and removes a deleted one', () => {
  const cache = createCache();
  cache.writeQuery({
    query: list,
    variables: { first: 10 },
    data: {
      deployments: {
        __typename: 'DeploymentConnection',
        edges: [edge('a'), edge('b')],
        pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: 'b' },
      },
    },
  });
  const { node } = edge('c');
  cache.writeFragment({ fragment: gql`fragment Arrived on Deployment { id name }`, from: node, data: node });
  addToList(cache, node);
  addToList(cache, node);
  removeFromList(cache, 'a');
  const read = cache.readQuery<{ deployments: { edges: { node: { id: string } }[] } }>({
    query: list,
    variables: { first: 10 },
  });
  expect(read?.deployments.edges.map((one) => one.node.id)).toEqual(['c', 'b']);
});
