import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconBooks, IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { RegistryList } from '../features/registry/RegistryList.tsx';
import { RegistryTools } from '../features/registry/RegistryTools.tsx';
import { type RegistryView, useRegistryView } from '../features/registry/registry-view.ts';
import { ServerDetails } from '../features/registry/ServerDetails.tsx';
import { SyncState } from '../features/registry/SyncState.tsx';
import { useRegistrySync } from '../features/registry/sync.ts';
import { useViewer } from '../features/viewer/viewer.ts';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
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

/** Lists every server of the registries: search, open the details, deploy. */
export function Component() {
  const view = useRegistryView();
  const { sources, syncNow, isSyncing } = useRegistrySync();
  const canRefresh = useViewer().role === 'ADMIN';
  const { search, sort, deployable } = view;
  const { data, previousData, error, loading, refetch, fetchMore } = useQuery(RegistryServersDocument, {
    variables: { search, sort, deployable, first: PAGE_SIZE },
  });
  // The previous results stay while a search is running.
  const shown = data ?? previousData;
  const servers = shown?.registryServers.edges.map((edge) => edge.node) ?? [];
  const next = data?.registryServers.pageInfo;

  const read = sources?.map((one) => `${one.read} ${one.lastSuccessAt}`).join();
  const readBefore = useRef(read);
  // A user who has loaded further pages keeps their place.
  const isFirstPage = servers.length <= PAGE_SIZE;
  useEffect(() => {
    if (readBefore.current !== undefined && readBefore.current !== read && isFirstPage) void refetch();
    readBefore.current = read;
  }, [read, isFirstPage, refetch]);

  return (
    <Page title="Registry">
      <PageHeader
        title="Registry"
        description={sources ? <SyncState sources={sources} /> : 'Published MCP servers.'}
        actions={
          canRefresh && (
            <Button
              variant="default"
              leftSection={<IconRefresh size={15} />}
              loading={isSyncing}
              onClick={() => void syncNow()}
            >
              Refresh
            </Button>
          )
        }
      />
      <RegistryTools view={view} />
      <p className={classes.count} role="status">
        {data && countServers(data.registryServers.totalCount)}
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
        {shown && servers.length === 0 && <NoServers view={view} />}
        {view.server !== null && <ServerDetails name={view.server} closeTo={view.pathOf(null)} />}
      </div>
    </Page>
  );
}

const countServers = (total: number): string => `${count.format(total)} ${total === 1 ? 'server' : 'servers'}`;

function NoServers({ view }: { view: RegistryView }) {
  return view.search !== '' || view.deployable ? (
    <EmptyState
      title={view.search === '' ? 'No deployable servers.' : `No servers match “${view.search}”.`}
      action={
        <Button variant="default" size="xs" onClick={view.reset}>
          Show all servers
        </Button>
      }
    >
      <p>Every word must match. You can also deploy a server that is not listed: paste it on the New page.</p>
    </EmptyState>
  ) : (
    <EmptyState icon={<IconBooks size={20} />} title="No servers loaded yet.">
      <p>The list appears once a registry has loaded. Until then, paste any server on the New page.</p>
    </EmptyState>
  );
}
