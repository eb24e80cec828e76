import { useQuery } from '@apollo/client/react';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { graphql } from '../../generated/index.ts';
import { NoEntries } from '../../ui/data/EntryList.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { ClientList } from './ClientList.tsx';

const AllConnectedClientsDocument = graphql(`
  query AllConnectedClients {
    connectedClients {
      id
      ...ClientList_client
    }
  }
`);

/** Lists the apps that the viewer has authorized by OAuth, with the deployment that each can call. */
export function AllConnectedClients() {
  const { data, error, refetch } = useQuery(AllConnectedClientsDocument, { fetchPolicy: 'cache-and-network' });
  return (
    <Panel title="Connected apps" description="Apps you’ve authorized, and the deployments they can call." flush>
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {data?.connectedClients.length === 0 && (
        <NoEntries>No apps yet. Apps appear here after you allow them.</NoEntries>
      )}
      {data && <ClientList clients={data.connectedClients} withDeployment onChanged={() => refetch()} />}
    </Panel>
  );
}
