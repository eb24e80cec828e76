import { Playground } from '../../features/playground/Playground.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  return <Playground deployment={deployment} />;
}
