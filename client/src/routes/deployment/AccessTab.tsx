import { ConnectedClients } from '../../features/oauth/ConnectedClients.tsx';
import { MachineClients } from '../../features/oauth/MachineClients.tsx';
import { AccessTokens } from '../../features/tokens/AccessTokens.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  return (
    <>
      <ConnectedClients deploymentId={deployment.databaseId} isExpected={deployment.access === 'OAUTH'} />
      <AccessTokens deployment={deployment} />
      {deployment.access === 'OAUTH' && <MachineClients deploymentId={deployment.databaseId} />}
    </>
  );
}
