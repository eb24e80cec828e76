import { useQuery } from '@apollo/client/react';
import { useEffect } from 'react';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { DefinitionChanges } from '../../features/definitions/DefinitionChanges.tsx';
import { PackageAdvisories } from '../../features/definitions/PackageAdvisories.tsx';
import { graphql } from '../../generated/index.ts';
import { PanelSkeleton } from '../../ui/feedback/Skeletons.tsx';
import { useDeploymentTab } from './tab.ts';

const ChangesDocument = graphql(`
  query Changes($id: ID!) {
    deployment(id: $id) {
      id
      ...DefinitionChanges_deployment
      ...PackageAdvisories_deployment
    }
  }
`);

export function Component() {
  const { deployment } = useDeploymentTab();
  const { data, error, refetch } = useQuery(ChangesDocument, { variables: { id: deployment.databaseId } });
  const changed = deployment.definitions?.key ?? null;
  // The page of the deployment follows its rows; the differences themselves are read here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these changes the differences
  useEffect(() => {
    void refetch();
  }, [changed, deployment.definitions?.policy, refetch]);
  if (!data?.deployment)
    return error ? <RequestFailure error={error} onRetry={() => void refetch()} /> : <PanelSkeleton />;
  return (
    <>
      <DefinitionChanges deployment={data.deployment} />
      <PackageAdvisories deployment={data.deployment} />
    </>
  );
}
