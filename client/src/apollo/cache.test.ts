import { gql } from '@apollo/client';
import { expect, test } from 'vitest';
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

test('an older answer that arrives late does not undo a finished analysis', () => {
  const cache = createCache();
  const done = analysisOf('DONE', ['RESOLVE', 'VERIFY'], ['one']);
  cache.writeQuery({ query, variables, data: done });
  cache.writeQuery({ query, variables, data: analysisOf('RUNNING', ['RESOLVE'], []) });
  expect(cache.readQuery({ query, variables })).toEqual(done);
});

test('a newer answer replaces an older one', () => {
  const cache = createCache();
  cache.writeQuery({ query, variables, data: analysisOf('RUNNING', ['RESOLVE'], []) });
  const done = analysisOf('DONE', ['RESOLVE', 'VERIFY'], ['one']);
  cache.writeQuery({ query, variables, data: done });
  expect(cache.readQuery({ query, variables })).toEqual(done);
});
