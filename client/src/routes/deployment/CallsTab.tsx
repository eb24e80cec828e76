import { CallLog } from '../../features/calls/CallLog.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  return <CallLog databaseId={deployment.databaseId} />;
}
