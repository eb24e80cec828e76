import { DeploymentSettings } from '../../features/deployment-settings/DeploymentSettings.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment, machineSizes, processors, regions } = useDeploymentTab();
  return (
    <DeploymentSettings
      key={deployment.id}
      deployment={deployment}
      sizes={machineSizes}
      processors={processors}
      regions={regions}
    />
  );
}
