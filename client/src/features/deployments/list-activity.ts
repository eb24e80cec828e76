import { useQuery } from '@apollo/client/react';
import { createContext, use, useEffect, useMemo } from 'react';
import type { ListActivityQuery } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

const ListActivityDocument = graphql(`
  query ListActivity($first: Int!, $after: String) {
    deployments(first: $first, after: $after) {
      edges {
        node {
          id
          toolCount
          versionsBehind
          doubt
          activity {
            callsByHour
            errorsByHour
            calls
            errors
            callsLastHour
            lastCallAt
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export type RowActivity = ListActivityQuery['deployments']['edges'][number]['node'];

const PAGE_SIZE = 200;
const REFRESH_MS = 30_000;
const NONE: ReadonlyMap<string, RowActivity> = new Map();

/**
 * Reads what every listed deployment did lately, apart from the list itself: the list must not wait for it, and it must
 * not be read again for each change of a status.
 */
export function useListActivity(): ReadonlyMap<string, RowActivity> {
  const { data, fetchMore } = useQuery(ListActivityDocument, {
    variables: { first: PAGE_SIZE },
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const next = data?.deployments.pageInfo;
  useEffect(() => {
    if (next?.hasNextPage) void fetchMore({ variables: { after: next.endCursor } });
  }, [next?.hasNextPage, next?.endCursor, fetchMore]);
  return useMemo(() => (data ? new Map(data.deployments.edges.map(({ node }) => [node.id, node])) : NONE), [data]);
}

/** The activity of the listed deployments, by id. */
export const ListActivityContext = createContext<ReadonlyMap<string, RowActivity>>(NONE);

export const useRowActivity = (id: string): RowActivity | null => use(ListActivityContext).get(id) ?? null;
