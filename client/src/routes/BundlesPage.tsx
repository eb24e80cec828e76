import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconPlus, IconStack2 } from '@tabler/icons-react';
import { useSearchParams } from 'react-router';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { BundleEntry } from '../features/bundles/BundleEntry.tsx';
import classes from '../features/bundles/Bundles.module.css';
import { NewBundle } from '../features/bundles/NewBundle.tsx';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import { Panel } from '../ui/layout/Panel.tsx';

const BundlesDocument = graphql(`
  query Bundles {
    bundles {
      id
      ...BundleEntry_deployment
    }
  }
`);

/** Changes of members publish no event to pages: they are polled while the page is visible. */
const REFRESH_MS = 5_000;

/** The bundles of the viewer, and the form for a new one. */
export function BundlesPage() {
  const { data, error, refetch } = useQuery(BundlesDocument, {
    fetchPolicy: 'cache-and-network',
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const [query, setQuery] = useSearchParams();
  const isNew = query.has('new');
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setQuery({ new: '' })}>
      New bundle
    </Button>
  );
  return (
    <Page title="Bundles">
      <PageHeader title="Bundles" actions={!isNew && (data?.bundles.length ?? 0) > 0 && button} />
      {isNew && <NewBundle onCancel={() => setQuery({})} />}
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <PanelSkeleton />}
      {data?.bundles.length === 0 && !isNew && (
        <EmptyState icon={<IconStack2 size={20} />} title="No bundles yet" action={button}>
          A bundle puts several servers at one address, with a prefix for each. Clients add it once.
        </EmptyState>
      )}
      {data && data.bundles.length > 0 && (
        <Panel label="Your bundles" flush>
          <ul className={classes.list} aria-label="Bundles">
            {data.bundles.map((bundle) => (
              <BundleEntry key={bundle.id} bundle={bundle} />
            ))}
          </ul>
        </Panel>
      )}
    </Page>
  );
}

export { BundlesPage as Component };
