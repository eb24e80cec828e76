import { useQuery } from '@apollo/client/react';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { InstallationSections } from '../features/settings/InstallationSections.tsx';
import { SettingsNav } from '../features/settings/SettingsNav.tsx';
import { useViewer } from '../features/viewer/viewer.ts';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import { Panel } from '../ui/layout/Panel.tsx';

const InstallationPageDocument = graphql(`
  query InstallationPage {
    installation {
      members
      isolation {
        boxed
        summary
        hint
      }
      gitHubSignIn
      mailSignIn
    }
    settings {
      ...InstallationSections_settings
    }
  }
`);

/** The settings of the whole installation, for its administrator. */
export function Component() {
  const isAdministrator = useViewer().role === 'ADMIN';
  const { data, error, refetch } = useQuery(InstallationPageDocument, {
    fetchPolicy: 'cache-and-network',
    skip: !isAdministrator,
  });
  return (
    <Page title="Installation" narrow>
      <PageHeader title="Settings" />
      <SettingsNav />
      {!isAdministrator ? (
        <EmptyState title="Only the administrator sees these settings.">Your own are under Settings.</EmptyState>
      ) : data?.settings ? (
        <>
          {data.installation.isolation && (
            <Panel title="Machines">
              {data.installation.isolation.summary} {data.installation.isolation.hint}
            </Panel>
          )}
          <InstallationSections settings={data.settings} {...data.installation} />
        </>
      ) : error ? (
        <RequestFailure error={error} onRetry={() => void refetch()} />
      ) : (
        <PanelSkeleton />
      )}
    </Page>
  );
}
