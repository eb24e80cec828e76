import { useQuery } from '@apollo/client/react';
import { graphql } from '../../generated/index.ts';
import { NoEntries } from '../../ui/data/EntryList.tsx';
import { RequestFailure } from '../../ui/feedback/RequestFailure.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { ClientList } from './ClientList.tsx';

const ConnectedClientsDocument = graphql(`
  query ConnectedClients($deploymentId: ID!) {
    connectedClients(deploymentId: $deploymentId) {
      id
      ...ClientList_client
    }
  }
`);

const REFRESH_MS = 5_000;

type ConnectedClientsProps = {
  deploymentId: string;
  /** Clients come by OAuth: there is something to say even while nobody was let in. */
  isExpected: boolean;
};

/** Programs that the owner let in to one deployment by OAuth. */
export function ConnectedClients({ deploymentId, isExpected }: ConnectedClientsProps) {
  const { data, error, refetch } = useQuery(ConnectedClientsDocument, {
    variables: { deploymentId },
    fetchPolicy: 'cache-and-network',
    // A client that is let in, or calls, does so in another window.
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const clients = data?.connectedClients ?? [];
  if (!error && clients.length === 0 && !isExpected) return null;
  return (
    <Panel title="Connected clients" description="Programs that you let in by signing in, such as claude.ai." flush>
      {error && !data && <RequestFailure error={error} />}
      {!error && clients.length === 0 && (
        <NoEntries>
          {data ? 'None yet. Add the endpoint’s address to a client; it then leads you here.' : '…'}
        </NoEntries>
      )}
      <ClientList clients={clients} onChanged={() => refetch()} />
    </Panel>
  );
}
