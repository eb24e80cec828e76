import { useApolloClient, useSubscription } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';
import { addToList, removeFromList } from './listed.ts';

const DeploymentsChangedDocument = graphql(`
  subscription DeploymentsChanged {
    deploymentsChanged {
      deploymentId
      status
      deployment {
        id
        ...DeploymentRow_deployment
      }
    }
  }
`);

/**
 * The tab's one ear for all deployments: a change lands in the cache, from which every page reads; what comes and goes
 * enters and leaves the list.
 */
export function LiveDeployments() {
  const { cache } = useApolloClient();
  useSubscription(DeploymentsChangedDocument, {
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      const event = data?.deploymentsChanged;
      if (!event) return;
      if (event.status === 'DELETED' || !event.deployment) removeFromList(cache, event.deploymentId);
      else addToList(cache, event.deployment);
    },
  });
  return null;
}
