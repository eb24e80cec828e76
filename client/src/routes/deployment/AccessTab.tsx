import { ConnectedClients } from '../../features/oauth/ConnectedClients.tsx';
import { AccessTokens } from '../../features/tokens/AccessTokens.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  return (
    <>
      <ConnectedClients deploymentId={deployment.databaseId} isExpected={deployment.access === 'OAUTH'} />
      <AccessTokens deployment={deployment} />
    </>
  );
}
