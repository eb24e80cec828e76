import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlugConnected } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useIntent } from '../deployments/use-intent.ts';
import { ConnectDialog } from './ConnectDialog.tsx';
import classes from './Remote.module.css';

const RemotePanelFragment = graphql(`
  fragment RemotePanel_deployment on Deployment {
    id
    name
    targetRelease {
      id
      runtime
    }
    remoteConnection {
      issuer
      scopes
      wantedScopes
      connectedAt
      problem
    }
  }
`);

const DisconnectRemoteDocument = graphql(`
  mutation DisconnectRemote($id: ID!) {
    outcome: disconnectRemote(deploymentId: $id) {
      __typename
      ... on Deployment {
        id
        remoteConnection {
          issuer
        }
      }
      ...Problem_error
    }
  }
`);

/** The sign-in at the server that a deployment relays to. Nothing for servers that run here. */
export function RemotePanel(props: { deployment: FragmentType<typeof RemotePanelFragment> }) {
  const { id, name, targetRelease, remoteConnection } = readFragment(RemotePanelFragment, props.deployment);
  const [connecting, connectDialog] = useDisclosure(false);
  const [disconnecting, disconnectDialog] = useDisclosure(false);
  const [disconnect, working] = useIntent(DisconnectRemoteDocument, { quiet: true });
  if (targetRelease?.runtime !== 'REMOTE') return null;
  const isConnected = remoteConnection != null;
  return (
    <Panel
      title="Sign-in"
      description="For servers that want you to sign in. Catwalk keeps the tokens encrypted and renews them; callers of the endpoint never see them."
      actions={
        <Button variant="default" size="xs" leftSection={<IconPlugConnected size={14} />} onClick={connectDialog.open}>
          {isConnected ? 'Connect again' : 'Connect'}
        </Button>
      }
    >
      {isConnected ? (
        <div className={classes.connection}>
          <span>
            {stateOf(remoteConnection)}
            {!remoteConnection.problem && (
              <>
                {' '}
                <Ago at={remoteConnection.connectedAt} />
              </>
            )}
          </span>
          <Button variant="default" size="xs" onClick={disconnectDialog.open}>
            Disconnect
          </Button>
        </div>
      ) : (
        <span className="muted">Not connected</span>
      )}
      <ConnectDialog deploymentId={id} opened={connecting} onClose={connectDialog.close} />
      <ConfirmDialog
        opened={disconnecting}
        onClose={disconnectDialog.close}
        title={`Disconnect ${name}?`}
        confirm="Disconnect"
        working={working}
        onConfirm={() => disconnect({ id })}
      >
        Calls fail until you connect again or enter a token.
      </ConfirmDialog>
    </Panel>
  );
}

type Connection = { issuer: string; wantedScopes: readonly string[]; problem?: string | null };

function stateOf({ issuer, wantedScopes, problem }: Connection): string {
  if (problem) return problem;
  const { host } = new URL(issuer);
  return wantedScopes.length > 0
    ? `A call needs more permissions (${wantedScopes.join(', ')}). Connect again to allow them. Signed in at ${host}`
    : `Signed in at ${host}`;
}
