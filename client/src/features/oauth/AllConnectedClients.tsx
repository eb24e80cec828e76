import { useQuery } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';
import { NoEntries } from '../../ui/data/EntryList.tsx';
import { RequestFailure } from '../../ui/feedback/RequestFailure.tsx';
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

/** Programs that the viewer let in by OAuth, with the deployment that each may call. */
export function AllConnectedClients() {
  const { data, error, refetch } = useQuery(AllConnectedClientsDocument, { fetchPolicy: 'cache-and-network' });
  return (
    <Panel
      title="Connected clients"
      description="Programs that you let in by signing in, such as claude.ai, and what they may call."
      flush
    >
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {data?.connectedClients.length === 0 && (
        <NoEntries>None. A client that is given an endpoint’s address leads you to a page where you decide.</NoEntries>
      )}
      {data && <ClientList clients={data.connectedClients} withDeployment onChanged={() => refetch()} />}
    </Panel>
  );
}
