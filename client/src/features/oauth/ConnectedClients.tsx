import { useMutation, useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { requestProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { RequestFailure } from '../../ui/RequestFailure.tsx';
import { Ago } from '../../ui/Times.tsx';
import classes from './ConnectedClients.module.css';

const ConnectedClientsDocument = graphql(`
  query ConnectedClients($deploymentId: ID!) {
    deployment(id: $deploymentId) {
      id
      access
    }
    connectedClients(deploymentId: $deploymentId) {
      id
      name
      host
      vouchedFor
      createdAt
      lastUsedAt
    }
  }
`);

const DisconnectClientDocument = graphql(`
  mutation DisconnectClient($id: ID!) {
    disconnectClient(id: $id) {
      __typename
      ... on ConnectedClient {
        id
      }
      ... on UserError {
        message
        hint
      }
    }
  }
`);

/** Programs that the owner let in by OAuth; each can be disconnected at once. */
export function ConnectedClients({ deploymentId }: { deploymentId: string }) {
  const { data, error, refetch } = useQuery(ConnectedClientsDocument, {
    variables: { deploymentId },
    fetchPolicy: 'cache-and-network',
  });
  const [disconnect, { loading }] = useMutation(DisconnectClientDocument);
  const [ending, setEnding] = useState<{ id: string; name: string } | null>(null);
  const clients = data?.connectedClients ?? [];
  if (!error && clients.length === 0 && data?.deployment?.access !== 'OAUTH') return null;

  const confirm = async (): Promise<null> => {
    if (!ending) return null;
    const answer = await disconnect({ variables: { id: ending.id } })
      .then(({ data: done }) => done?.disconnectClient ?? requestProblem(null))
      .catch(requestProblem);
    if ('message' in answer) {
      notifications.show({ color: 'red', title: answer.message, message: answer.hint ?? '' });
    }
    await refetch();
    return null;
  };

  return (
    <Panel title="Connected clients" description="Programs that you let in by signing in, such as claude.ai." flush>
      {error && <RequestFailure error={error} />}
      {data && clients.length === 0 && (
        <div className={classes.empty}>None yet. Add the endpoint’s address to a client; it then leads you here.</div>
      )}
      <ul className={classes.list}>
        {clients.map((client) => (
          <li key={client.id} className={classes.item}>
            <div className={classes.names}>
              <span className={classes.name}>{client.name}</span>
              <span className={classes.note}>
                {client.vouchedFor ? client.host : `${client.host ? `says it is of ${client.host}, ` : ''}unverified`}
              </span>
            </div>
            <div className={classes.times}>
              <span>
                connected <Ago at={client.createdAt} />
              </span>
              {client.lastUsedAt && (
                <span>
                  used <Ago at={client.lastUsedAt} />
                </span>
              )}
            </div>
            <Button
              variant="default"
              size="xs"
              onClick={() => setEnding(client)}
              aria-label={`Disconnect ${client.name}`}
            >
              Disconnect
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={`Disconnect ${ending?.name ?? ''}?`}
        confirm="Disconnect"
        working={loading}
        onConfirm={confirm}
      >
        It is refused at once, and its open streams end. It may ask again; you then decide again.
      </ConfirmDialog>
    </Panel>
  );
}
