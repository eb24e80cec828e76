import { useQuery } from '@apollo/client/react';
import { Button, SegmentedControl } from '@mantine/core';
import { Link } from 'react-router';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { SettingsNav } from '../features/settings/SettingsNav.tsx';
import { SettingsSections } from '../features/settings/SettingsSections.tsx';
import { SCHEMES, useScheme } from '../features/shell/SchemeItems.tsx';
import { ApiTokens } from '../features/tokens/ApiTokens.tsx';
import { useViewer } from '../features/viewer/viewer.ts';
import { graphql } from '../generated/index.ts';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import { Panel } from '../ui/layout/Panel.tsx';
import classes from './SettingsPage.module.css';

const SettingsPageDocument = graphql(`
  query SettingsPage {
    viewer {
      id
      ...ApiTokens_viewer
    }
    installation {
      machines
    }
    settings {
      ...SettingsSections_settings
    }
  }
`);

export function Component() {
  const { data, error, refetch } = useQuery(SettingsPageDocument, { fetchPolicy: 'cache-and-network' });
  const { colorScheme, setColorScheme } = useScheme();
  const viewer = useViewer();
  return (
    <Page title="Settings" narrow>
      <PageHeader title="Settings" />
      <SettingsNav />
      <Panel
        title="Account"
        actions={
          <Button component={Link} to="/account" variant="default" size="xs">
            Edit
          </Button>
        }
      >
        <dl className={classes.facts}>
          <div>
            <dt>Name</dt>
            <dd>{viewer.name}</dd>
          </div>
          <div>
            <dt>Email</dt>
            <dd>{viewer.email}</dd>
          </div>
        </dl>
      </Panel>
      <Panel title="Appearance">
        <SegmentedControl
          aria-label="Color scheme"
          value={colorScheme}
          onChange={(value) => setColorScheme(SCHEMES.find((scheme) => scheme.value === value)?.value ?? 'auto')}
          data={SCHEMES.map(({ value, label }) => ({ value, label }))}
        />
      </Panel>
      {data?.viewer && data.settings ? (
        <>
          <SettingsSections settings={data.settings} machines={data.installation.machines} />
          <ApiTokens viewer={data.viewer} onChanged={() => refetch()} />
        </>
      ) : error ? (
        <RequestFailure error={error} onRetry={() => void refetch()} />
      ) : (
        <PanelSkeleton />
      )}
    </Page>
  );
}
