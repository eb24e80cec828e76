import { useApolloClient, useSubscription } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';
import { isGone } from '../status/status.ts';
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
 * Subscribes once per tab to the changes of all deployments. A change lands in the cache, from which every page reads;
 * new deployments enter the list, and deleted ones leave it.
 */
export function LiveDeployments() {
  const { cache } = useApolloClient();
  useSubscription(DeploymentsChangedDocument, {
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      const event = data?.deploymentsChanged;
      if (!event) return;
      if (isGone(event.status) || !event.deployment) removeFromList(cache, event.deploymentId);
      else addToList(cache, event.deployment);
    },
  });
  return null;
}
