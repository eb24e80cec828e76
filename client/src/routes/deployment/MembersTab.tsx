import { useQuery } from '@apollo/client/react';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { BundleMembers } from '../../features/bundles/BundleMembers.tsx';
import { graphql } from '../../generated/index.ts';
import { PanelSkeleton } from '../../ui/feedback/Skeletons.tsx';
import { useDeploymentTab } from './tab.ts';

const BundleMembersDocument = graphql(`
  query BundleMembers($id: ID!) {
    deployment(id: $id) {
      id
      ...BundleMembers_deployment
    }
  }
`);

/** Changes of members publish no event to pages: they are polled while the page is visible. */
const REFRESH_MS = 5_000;

export function Component() {
  const { deployment } = useDeploymentTab();
  const { data, error, refetch } = useQuery(BundleMembersDocument, {
    variables: { id: deployment.databaseId },
    fetchPolicy: 'cache-and-network',
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  if (!data?.deployment)
    return error ? <RequestFailure error={error} onRetry={() => void refetch()} /> : <PanelSkeleton />;
  return <BundleMembers key={deployment.id} deployment={data.deployment} />;
}
