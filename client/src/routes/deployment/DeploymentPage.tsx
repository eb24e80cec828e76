import { Button } from '@mantine/core';

import { IconMoodEmpty } from '@tabler/icons-react';
import { Suspense, useEffect, useRef } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigate, useParams } from 'react-router';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { ServingDoubt } from '../../features/credentials/ServingDoubt.tsx';
import { DeploymentHeader } from '../../features/deployments/DeploymentHeader.tsx';
import { DeploymentPageFragment, useDeploymentPage } from '../../features/deployments/page-query.ts';
import { DeploymentFailure } from '../../features/failure/DeploymentFailure.tsx';
import { NewerVersion } from '../../features/releases/NewerVersion.tsx';
import { hasFailed } from '../../features/status/status.ts';
import { readFragment } from '../../generated/index.ts';
import { pagePath } from '../../navigation/pages.ts';
import { TABS, tabsOf } from '../../navigation/tabs.ts';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { PageSkeleton, PanelSkeleton } from '../../ui/feedback/Skeletons.tsx';
import { Page } from '../../ui/layout/Page.tsx';
import classes from './DeploymentPage.module.css';
import type { DeploymentTab } from './tab.ts';

export function DeploymentPage() {
  const { databaseId = '' } = useParams();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const currentTab = TABS.find(({ path }) => path !== '' && pathname.endsWith(`/${path}`));
  const name = useRef('The deployment');
  const tabList = useRef<HTMLElement>(null);
  const { data, error, refetch } = useDeploymentPage(databaseId, () => {
    notifyDone(`${name.current} deleted`);
    navigate(pagePath('deployments'));
  });
  const masked = data?.deployment;
  // On a narrow screen the tabs scroll: the current one is brought into view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the tabs appear and when another tab opens
  useEffect(() => {
    const current = tabList.current?.querySelector('[aria-current=page]');
    current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname, masked === undefined]);
  if (!masked) {
    if (data) return <NotFound />;
    if (!error) return <PageSkeleton />;
    return (
      <Page title="Deployment">
        <RequestFailure error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  const deployment = readFragment(DeploymentPageFragment, masked);
  name.current = deployment.name;
  const tab: DeploymentTab = {
    deployment: masked,
    machineSizes: data.machineSizes,
    processors: data.processors,
    regions: data.regions,
  };

  const tabs = tabsOf(deployment).filter((one) => one.path !== 'settings' || deployment.viewerRole === 'OWN');

  return (
    <Page title={currentTab ? `${currentTab.label} · ${deployment.name}` : deployment.name}>
      <DeploymentHeader deployment={deployment} />
      {deployment.failure && (hasFailed(deployment.status) || deployment.phase === null) && (
        <DeploymentFailure deployment={deployment} />
      )}
      <ServingDoubt deployment={deployment} />
      <NewerVersion deployment={deployment} />
      <nav ref={tabList} className={classes.tabs} aria-label={`Tabs of ${deployment.name}`}>
        {tabs.map(({ path, label }) => (
          <NavLink key={path} to={path || '.'} end={path === ''} className={classes.tab ?? ''}>
            {label}
            {path === 'changes' && (deployment.definitions?.heldCount ?? 0) > 0 && (
              <span className={classes.count}>
                {deployment.definitions?.heldCount}
                <span className="visually-hidden"> to review</span>
              </span>
            )}
          </NavLink>
        ))}
      </nav>
      <Suspense fallback={<PanelSkeleton />}>
        <Outlet context={tab} />
      </Suspense>
    </Page>
  );
}

const NotFound = () => (
  <Page title="Not found">
    <EmptyState
      icon={<IconMoodEmpty size={20} />}
      whole
      title="This deployment does not exist."
      action={
        <Button component={Link} to="/deployments" variant="default">
          Go to deployments
        </Button>
      }
    >
      It may have been deleted, or it belongs to another account.
    </EmptyState>
  </Page>
);

export { DeploymentPage as Component };
