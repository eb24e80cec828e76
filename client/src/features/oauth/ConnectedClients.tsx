import { useQuery } from '@apollo/client/react';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { graphql } from '../../generated/index.ts';
import { NoEntries } from '../../ui/data/EntryList.tsx';
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
  /** Shows the panel while it is empty, because clients connect to this deployment by OAuth. */
  isExpected: boolean;
};

/** Lists the apps that the owner has authorized for one deployment by OAuth. */
export function ConnectedClients({ deploymentId, isExpected }: ConnectedClientsProps) {
  const { data, error, refetch } = useQuery(ConnectedClientsDocument, {
    variables: { deploymentId },
    fetchPolicy: 'cache-and-network',
    // An app is allowed, and calls, outside this page.
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const clients = data?.connectedClients ?? [];
  if (!error && clients.length === 0 && !isExpected) return null;
  return (
    <Panel title="Connected apps" description="Apps you’ve authorized for this deployment." flush>
      {error && !data && <RequestFailure error={error} />}
      {!error && clients.length === 0 && (
        <NoEntries>{data ? 'No apps yet. Add the endpoint to an app; it then asks you to allow it.' : '…'}</NoEntries>
      )}
      <ClientList clients={clients} onChanged={() => refetch()} />
    </Panel>
  );
}
