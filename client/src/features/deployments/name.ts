import { useQuery } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';

const DeploymentNameDocument = graphql(`
  query DeploymentName($id: ID!) {
    deployment(id: $id) {
      id
      name
    }
  }
`);

/** A deployment's name as soon as the cache knows it; the page itself queries the server. */
export function useDeploymentName(databaseId: string | null): string | null {
  const { data } = useQuery(DeploymentNameDocument, {
    variables: { id: databaseId ?? '' },
    skip: databaseId === null,
    fetchPolicy: 'cache-only',
  });
  return data?.deployment?.name ?? null;
}
