import { Capabilities } from '../../features/tools/ToolList.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  return <Capabilities deployment={deployment} />;
}
