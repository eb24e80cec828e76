import type { ApolloCache, Reference } from '@apollo/client';
import { useApolloClient, useSubscription } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';

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

type StoredConnection = { edges?: readonly { node?: Reference }[] };

const isListed = (cache: ApolloCache, id: string): boolean => {
  let listed = false;
  cache.modify({
    fields: {
      deployments: (existing, { readField }) => {
        const { edges } = existing as StoredConnection; // what relayStylePagination keeps
        listed ||= edges?.some((edge) => readField('id', edge.node) === id) ?? false;
        return existing;
      },
    },
  });
  return listed;
};

/**
 * The tab's one ear for all deployments: a change lands in the cache, from which every page reads. When a deployment
 * comes or goes, the queries that show the list are read again.
 */
export function LiveDeployments() {
  const client = useApolloClient();
  useSubscription(DeploymentsChangedDocument, {
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      const event = data?.deploymentsChanged;
      if (!event) return;
      const gone = event.status === 'DELETED' || !event.deployment;
      if (!gone && event.deployment && isListed(client.cache, event.deployment.id)) return;
      void client.refetchQueries({
        updateCache: (cache) =>
          cache.modify({ fields: { deployments: (_existing: unknown, { INVALIDATE }) => INVALIDATE } }),
      });
    },
  });
  return null;
}
