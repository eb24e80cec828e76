import { useQuery } from '@apollo/client/react';
import { useEffect, useMemo } from 'react';
import { graphql } from '../../generated/index.ts';

const MemberChoicesDocument = graphql(`
  query MemberChoices($first: Int!, $after: String) {
    deployments(first: $first, after: $after) {
      edges {
        node {
          id
          databaseId
          name
          status
          shared
          viewerRole
          isBundle
          views {
            id
            name
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

/** The most that the server returns at once; the other pages follow. */
const PAGE_SIZE = 200;

/** The deployments of which the viewer is an owner, by name: those that can be put into a bundle. */
export function useMemberChoices() {
  const { data, error, refetch, fetchMore } = useQuery(MemberChoicesDocument, {
    variables: { first: PAGE_SIZE },
    fetchPolicy: 'cache-and-network',
  });
  const next = data?.deployments.pageInfo;
  useEffect(() => {
    if (next?.hasNextPage) void fetchMore({ variables: { after: next.endCursor } });
  }, [next?.hasNextPage, next?.endCursor, fetchMore]);
  const choices = useMemo(
    () =>
      (data?.deployments.edges ?? [])
        .map(({ node }) => node)
        .filter(({ isBundle, viewerRole, status }) => !isBundle && viewerRole === 'OWN' && status !== 'DELETING')
        .toSorted((some, other) => some.name.localeCompare(other.name)),
    [data],
  );
  return { choices, isKnown: data !== undefined, error, refetch };
}

export type MemberChoice = ReturnType<typeof useMemberChoices>['choices'][number];
