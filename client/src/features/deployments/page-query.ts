import { useQuery, useSubscription } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';
import { isGone } from '../status/status.ts';

export const DeploymentPageFragment = graphql(`
  fragment DeploymentPage_deployment on Deployment {
    id
    databaseId
    name
    isBundle
    status
    phase
    access
    viewerRole
    updatedAt
    lastUsedAt
    failure {
      code
    }
    definitions {
      key
      policy
      heldCount
    }
    currentRelease {
      id
    }
    targetRelease {
      id
    }
    ...DeploymentHeader_deployment
    ...DeploymentFailure_deployment
    ...ServingDoubt_deployment
    ...NewerVersion_deployment
    ...RedeployDialog_deployment
    ...ReleaseTimeline_deployment
    ...ConnectPanel_deployment
    ...LiveFigures_deployment
    ...Capabilities_deployment
    ...AccessTokens_deployment
    ...People_deployment
    ...DeploymentSettings_deployment
    ...Playground_deployment
  }
`);

const DeploymentPageDocument = graphql(`
  query DeploymentPage($id: ID!) {
    deployment(id: $id) {
      id
      ...DeploymentPage_deployment
    }
    machineSizes {
      memoryMb
      ...SizeSelect_size
    }
    processors {
      name
      ...ProcessorSelect_processor
    }
    regions {
      code
      ...RegionSelect_region
    }
  }
`);

const DeploymentStatusDocument = graphql(`
  subscription DeploymentStatus($id: ID!) {
    deploymentStatus(id: $id) {
      deploymentId
      status
      deployment {
        id
        ...DeploymentPage_deployment
      }
    }
  }
`);

/** Reads one deployment with everything its page shows and keeps it current. `onGone` is called when it is deleted. */
export function useDeploymentPage(databaseId: string, onGone: () => void) {
  const query = useQuery(DeploymentPageDocument, { variables: { id: databaseId } });
  useSubscription(DeploymentStatusDocument, {
    variables: { id: databaseId },
    skip: !query.data?.deployment,
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      if (data && isGone(data.deploymentStatus.status)) onGone();
    },
  });
  return query;
}
