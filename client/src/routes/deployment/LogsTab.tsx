import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { LogView } from '../../features/logs/LogView.tsx';
import { useLiveLog } from '../../features/logs/live-log.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  return <LiveLog key={deployment.databaseId} databaseId={deployment.databaseId} name={deployment.name} />;
}

function LiveLog({ databaseId, name }: { databaseId: string; name: string }) {
  const { lines, error } = useLiveLog(databaseId);
  if (error && lines.length === 0) return <RequestFailure error={error} />;
  return (
    <Panel flush>
      <LogView lines={lines} name={name} empty="No output yet. Lines appear while the server installs and runs." />
    </Panel>
  );
}
