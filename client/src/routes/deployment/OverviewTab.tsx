import { ConnectPanel } from '../../features/connect/ConnectPanel.tsx';
import { ReleaseTimeline } from '../../features/deployments/ReleaseTimeline.tsx';
import { Capabilities } from '../../features/tools/ToolList.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { useDeploymentTab } from './tab.ts';

export function Component() {
  const { deployment } = useDeploymentTab();
  return (
    <>
      <Panel title="Deployment">
        <ReleaseTimeline deployment={deployment} />
      </Panel>
      <ConnectPanel deployment={deployment} />
      <Capabilities deployment={deployment} />
    </>
  );
}
