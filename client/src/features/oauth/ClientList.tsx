import { useMutation } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { Entry, EntryList, EntryNote } from '../../ui/data/EntryList.tsx';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { notifyProblem } from '../../ui/feedback/notify.ts';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';

export const ClientListFragment = graphql(`
  fragment ClientList_client on ConnectedClient {
    id
    name
    host
    vouchedFor
    createdAt
    lastUsedAt
    deploymentName
    deployment {
      id
      databaseId
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
      ...Problem_error
    }
  }
`);

type ClientListProps = {
  clients: readonly FragmentType<typeof ClientListFragment>[];
  /** Shows which deployment each client can call. */
  withDeployment?: boolean;
  onChanged: () => Promise<unknown>;
};

/** Lists the apps that are authorized; each can be disconnected at once. */
export function ClientList({ clients: masked, withDeployment = false, onChanged }: ClientListProps) {
  const clients = masked.map((client) => readFragment(ClientListFragment, client));
  const [disconnect, { loading }] = useMutation(DisconnectClientDocument);
  const [ending, setEnding] = useState<{ id: string; name: string } | null>(null);
  const shown = useLastValue(ending);

  const confirm = async (): Promise<null> => {
    if (!ending) return null;
    const { problem } = await payloadOf(
      'ConnectedClient',
      async () => (await disconnect({ variables: { id: ending.id } })).data?.disconnectClient,
    );
    if (problem) notifyProblem(problem);
    await onChanged();
    return null;
  };

  return (
    <>
      <EntryList>
        {clients.map((client) => (
          <Entry
            key={client.id}
            name={client.name}
            beside={
              <>
                <EntryNote>
                  {client.vouchedFor
                    ? client.host
                    : `${client.host ? `claims to be from ${client.host}, ` : ''}unverified`}
                </EntryNote>
                {withDeployment && (
                  <EntryNote>
                    calls{' '}
                    {client.deployment ? (
                      <Link className="link" to={deploymentPath(client.deployment.databaseId, 'access')}>
                        {client.deploymentName}
                      </Link>
                    ) : (
                      client.deploymentName
                    )}
                  </EntryNote>
                )}
              </>
            }
            times={
              <>
                <span>
                  connected <Ago at={client.createdAt} />
                </span>
                {client.lastUsedAt && (
                  <span>
                    used <Ago at={client.lastUsedAt} />
                  </span>
                )}
              </>
            }
            action={
              <Button
                variant="default"
                size="xs"
                onClick={() => setEnding(client)}
                aria-label={`Disconnect ${client.name}${withDeployment ? ` from ${client.deploymentName}` : ''}`}
              >
                Disconnect
              </Button>
            }
          />
        ))}
      </EntryList>
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={`Disconnect ${shown?.name ?? ''}?`}
        confirm="Disconnect"
        working={loading}
        onConfirm={confirm}
      >
        The app loses access at once and its open streams end. It can request access again, which you can allow or deny.
      </ConfirmDialog>
    </>
  );
}
