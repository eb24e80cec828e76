import { AccessTokens } from '../../features/tokens/AccessTokens.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  return <AccessTokens deployment={deployment} />;
}
