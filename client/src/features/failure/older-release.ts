import { useQuery } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';

const OlderReleaseDocument = graphql(`
  query OlderRelease($id: ID!) {
    deployment(id: $id) {
      id
      releases(first: 30) {
        edges {
          node {
            id
            number
            package
            version
            liveAt
          }
        }
      }
    }
  }
`);

/** The newest release before this number that was ever live. Null when there is none, or when `before` is null. */
export function useOlderRelease(deploymentId: string, before: number | null) {
  const { data } = useQuery(OlderReleaseDocument, {
    variables: { id: deploymentId },
    skip: before === null,
  });
  const releases = data?.deployment?.releases.edges.map((edge) => edge.node) ?? [];
  return before === null ? null : (releases.find(({ liveAt, number }) => liveAt && number < before) ?? null);
}
