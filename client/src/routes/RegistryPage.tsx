import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconBooks, IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { RegistryList } from '../features/registry/RegistryList.tsx';
import { RegistryTools } from '../features/registry/RegistryTools.tsx';
import { type RegistryView, useRegistryView } from '../features/registry/registry-view.ts';
import { ServerDetails } from '../features/registry/ServerDetails.tsx';
import { SyncState } from '../features/registry/SyncState.tsx';
import { useRegistrySync } from '../features/registry/sync.ts';
import { useViewer } from '../features/viewer/viewer.ts';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { RequestFailure } from '../ui/feedback/RequestFailure.tsx';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import classes from './RegistryPage.module.css';

const RegistryServersDocument = graphql(`
  query RegistryServers($search: String, $sort: RegistrySort, $deployable: Boolean, $first: Int, $after: String) {
    registryServers(search: $search, sort: $sort, deployable: $deployable, first: $first, after: $after) {
      totalCount
      edges {
        node {
          id
          name
          ...RegistryRow_server
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const PAGE_SIZE = 40;
const count = new Intl.NumberFormat();

/** Every server that registries list: search, look closer, deploy. */
export function Component() {
  const view = useRegistryView();
  const { sources, syncNow, isSyncing } = useRegistrySync();
  const mayHaveItRead = useViewer().role === 'ADMIN';
  const { search, sort, deployable } = view;
  const { data, previousData, error, loading, refetch, fetchMore } = useQuery(RegistryServersDocument, {
    variables: { search, sort, deployable, first: PAGE_SIZE },
  });
  // while a search is under way, what was found before stays
  const shown = data ?? previousData;
  const servers = shown?.registryServers.edges.map((edge) => edge.node) ?? [];
  const next = data?.registryServers.pageInfo;

  const read = sources?.map((one) => `${one.read} ${one.lastSuccessAt}`).join();
  const readBefore = useRef(read);
  // somebody who has gone on to further pages keeps their place
  const isFirstPage = servers.length <= PAGE_SIZE;
  useEffect(() => {
    if (readBefore.current !== undefined && readBefore.current !== read && isFirstPage) void refetch();
    readBefore.current = read;
  }, [read, isFirstPage, refetch]);

  return (
    <Page title="Registry">
      <PageHeader
        title="Registry"
        description={sources ? <SyncState sources={sources} /> : 'Servers that others have published.'}
        actions={
          mayHaveItRead && (
            <Button
              variant="default"
              leftSection={<IconRefresh size={15} />}
              loading={isSyncing}
              onClick={() => void syncNow()}
            >
              Sync now
            </Button>
          )
        }
      />
      <RegistryTools view={view} />
      <p className={classes.count} role="status">
        {data && `${count.format(data.registryServers.totalCount)} ${search === '' ? 'servers' : 'found'}`}
      </p>
      {error && !shown && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {!shown && !error && <PanelSkeleton />}
      <div className={classes.columns} data-open={view.server === null ? undefined : true}>
        {shown && servers.length > 0 && (
          <RegistryList
            servers={servers}
            view={view}
            hasMore={next?.hasNextPage ?? false}
            isStale={!data && loading}
            onMore={() => void fetchMore({ variables: { after: next?.endCursor ?? null } })}
          />
        )}
        {shown && servers.length === 0 && <Nothing view={view} />}
        {view.server !== null && <ServerDetails name={view.server} closeTo={view.pathOf(null)} />}
      </div>
    </Page>
  );
}

function Nothing({ view }: { view: RegistryView }) {
  return view.search !== '' || view.deployable ? (
    <EmptyState
      title="Nothing matches."
      action={
        <Button variant="default" size="xs" onClick={view.reset}>
          Show all servers
        </Button>
      }
    >
      <p>
        All words must match. A server that no registry lists can be deployed too: paste its address on the New page.
      </p>
    </EmptyState>
  ) : (
    <EmptyState icon={<IconBooks size={20} />} title="No servers yet.">
      <p>
        The list fills by itself as soon as a registry has been read. Meanwhile any server can be pasted on the New
        page.
      </p>
    </EmptyState>
  );
}
