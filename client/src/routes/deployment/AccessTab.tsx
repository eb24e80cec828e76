import { ConnectedClients } from '../../features/oauth/ConnectedClients.tsx';
import { MachineClients } from '../../features/oauth/MachineClients.tsx';
import { People } from '../../features/sharing/People.tsx';
import { AccessTokens } from '../../features/tokens/AccessTokens.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  const isOwner = deployment.viewerRole === 'OWN';
  return (
    <>
      <People deployment={deployment} />
      <ConnectedClients deploymentId={deployment.databaseId} isExpected={deployment.access === 'OAUTH'} />
      {isOwner && <AccessTokens deployment={deployment} />}
      {isOwner && deployment.access === 'OAUTH' && <MachineClients deploymentId={deployment.databaseId} />}
    </>
  );
}
