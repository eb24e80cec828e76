import { useQuery } from '@apollo/client/react';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { Views } from '../../features/views/Views.tsx';
import { graphql } from '../../generated/index.ts';
import { PanelSkeleton } from '../../ui/feedback/Skeletons.tsx';
import { useDeploymentTab } from './tab.ts';

const ViewsDocument = graphql(`
  query Views($id: ID!) {
    deployment(id: $id) {
      id
      ...Views_deployment
    }
  }
`);

/** Changes of views publish no event to pages: they are polled while the page is visible. */
const REFRESH_MS = 5_000;

export function Component() {
  const { deployment } = useDeploymentTab();
  const { data, error, refetch } = useQuery(ViewsDocument, {
    variables: { id: deployment.databaseId },
    fetchPolicy: 'cache-and-network',
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  if (!data?.deployment)
    return error ? <RequestFailure error={error} onRetry={() => void refetch()} /> : <PanelSkeleton />;
  return <Views deployment={data.deployment} onChanged={refetch} />;
}
