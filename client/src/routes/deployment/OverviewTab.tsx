import { lazy, Suspense } from 'react';
import { ConnectPanel } from '../../features/connect/ConnectPanel.tsx';
import { ReleaseTimeline } from '../../features/deployments/ReleaseTimeline.tsx';
import { SleepPanel } from '../../features/sleep/SleepPanel.tsx';
import { LiveFigures } from '../../features/usage/LiveFigures.tsx';
import { PanelSkeleton } from '../../ui/feedback/Skeletons.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useDeploymentTab } from './tab.ts';

const UsagePanel = lazy(() => import('../../features/usage/UsagePanel.tsx').then((it) => ({ default: it.UsagePanel })));

export function Component() {
  const { deployment } = useDeploymentTab();
  return (
    <>
      <Panel title="Deployment">
        <ReleaseTimeline deployment={deployment} />
      </Panel>
      {deployment.currentRelease && !deployment.isBundle && <LiveFigures deployment={deployment} />}
      <ConnectPanel deployment={deployment} />
      {/* A deployment that never ran was never called. */}
      {deployment.currentRelease && (
        <Suspense fallback={<PanelSkeleton />}>
          <UsagePanel databaseId={deployment.databaseId} wasUsed={Boolean(deployment.lastUsedAt)} />
        </Suspense>
      )}
      {deployment.currentRelease && !deployment.isBundle && <SleepPanel databaseId={deployment.databaseId} />}
    </>
  );
}
