import { useQuery } from '@apollo/client/react';
import { ActionIcon, Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconBaselineDensitySmall, IconPlus, IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useDeferredValue, useEffect, useMemo } from 'react';
import { Link } from 'react-router';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { DeploymentList } from '../features/deployments/DeploymentList.tsx';
import { ListSkeleton } from '../features/deployments/ListSkeleton.tsx';
import { ListActivityContext, useListActivity } from '../features/deployments/list-activity.ts';
import { arranged, searched, tagsOf, useListView } from '../features/deployments/list-view.ts';
import { SavedFilters } from '../features/deployments/SavedFilters.tsx';
import { useSelection } from '../features/deployments/selection.ts';
import { countDeployments } from '../features/deployments/use-bulk-intent.tsx';
import { SharedDeployments } from '../features/sharing/SharedDeployments.tsx';
import { STATUS_GROUPS, type StatusGroup } from '../features/status/status.ts';
import type { DeploymentsQuery } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import classes from './DeploymentsPage.module.css';

const DeploymentsDocument = graphql(`
  query Deployments($first: Int!, $after: String) {
    deployments(first: $first, after: $after) {
      edges {
        node {
          id
          name
          source
          status
          createdAt
          tags
          isBundle
          ...DeploymentRow_deployment
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** Loaded when needed: most visits to the list do not show these. */
const BulkActions = lazy(() =>
  import('../features/deployments/BulkActions.tsx').then((it) => ({ default: it.BulkActions })),
);
const FirstDeployment = lazy(() =>
  import('../features/deployments/FirstDeployment.tsx').then((it) => ({ default: it.FirstDeployment })),
);

/** The most that the server returns at once. Further pages load by themselves: a search must find every deployment. */
const PAGE_SIZE = 200;

export function DeploymentsPage() {
  const { data, error, refetch, fetchMore } = useQuery(DeploymentsDocument, { variables: { first: PAGE_SIZE } });
  const next = data?.deployments.pageInfo;
  useEffect(() => {
    if (next?.hasNextPage) void fetchMore({ variables: { after: next.endCursor } });
  }, [next?.hasNextPage, next?.endCursor, fetchMore]);
  const all = useMemo(() => data?.deployments.edges.map((edge) => edge.node) ?? [], [data]);
  const isEmpty = data !== undefined && all.length === 0;

  return (
    <Page title="Deployments" wide>
      <PageHeader
        title="Deployments"
        actions={
          !isEmpty && (
            <Button component={Link} to="/new" leftSection={<IconPlus size={16} />}>
              New deployment
            </Button>
          )
        }
      />
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <ListSkeleton />}
      {isEmpty && (
        <Suspense fallback={<PanelSkeleton />}>
          <FirstDeployment />
        </Suspense>
      )}
      {all.length > 0 && <Deployments all={all} />}
      <SharedDeployments />
    </Page>
  );
}

type Deployment = DeploymentsQuery['deployments']['edges'][number]['node'];

/** The list with its search, filter and order, and the actions for selected deployments. */
function Deployments({ all: listed }: { all: readonly Deployment[] }) {
  const view = useListView();
  const { group, sort, tag } = view;
  const [isDense, setDense] = useLocalStorage({ key: 'catwalk:dense', defaultValue: false });
  const activity = useListActivity();
  const all = useMemo(
    () => listed.map((one) => ({ ...one, calls: activity.get(one.id)?.activity.calls ?? 0 })),
    [listed, activity],
  );
  const tags = useMemo(() => tagsOf(listed), [listed]);
  const search = useDeferredValue(view.search);
  const found = useMemo(() => searched(all, search), [all, search]);
  const { key, descending } = sort;
  const visible = useMemo(() => arranged(found, group, { key, descending }, tag), [found, group, key, descending, tag]);
  const selection = useSelection(useMemo(() => visible.map((one) => one.id), [visible]));
  const selected = visible.filter((one) => selection.ids.has(one.id));
  const count = (of: StatusGroup) => found.filter((one) => STATUS_GROUPS[of](one.status)).length;

  return (
    <ListActivityContext value={activity}>
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          leftSection={<IconSearch size={15} />}
          placeholder="Search by name, source or tag"
          aria-label="Search deployments"
          data-page-search
          value={view.search}
          onChange={(event) => view.setSearch(event.currentTarget.value)}
        />
        <SegmentedControl
          className={classes.filter ?? ''}
          aria-label="Filter by status"
          value={group}
          onChange={view.setGroup}
          data={(['all', 'running', 'attention', 'stopped'] as const).map((value) => ({
            value,
            label: count(value) > 0 ? `${GROUP_LABELS[value]} ${count(value)}` : GROUP_LABELS[value],
          }))}
        />
        <div className={classes.more}>
          {tags.length > 0 && (
            <Select
              className={classes.tag ?? ''}
              aria-label="Filter by tag"
              placeholder="All tags"
              clearable
              data={tags}
              value={tag}
              onChange={view.setTag}
            />
          )}
          <SavedFilters />
          <ActionIcon
            variant={isDense ? 'filled' : 'default'}
            size={36}
            aria-label="Dense rows"
            aria-pressed={isDense}
            onClick={() => setDense(!isDense)}
          >
            <IconBaselineDensitySmall size={16} />
          </ActionIcon>
        </div>
      </div>
      {visible.length > 0 ? (
        <DeploymentList deployments={visible} selection={selection} sort={sort} onSort={view.setSort} dense={isDense} />
      ) : (
        <EmptyState title={noMatchTitle(search.trim(), group)}>
          <Button variant="default" size="xs" onClick={view.reset}>
            Show all {all.length}
          </Button>
        </EmptyState>
      )}
      <Suspense fallback={null}>
        {selected.length > 0 && <BulkActions selected={selected} onClear={selection.clear} />}
      </Suspense>
      <p className="visually-hidden" role="status">
        {visible.length === all.length
          ? countDeployments(all.length)
          : `${visible.length} of ${countDeployments(all.length)}`}
      </p>
    </ListActivityContext>
  );
}

const GROUP_LABELS: Record<StatusGroup, string> = {
  all: 'All',
  running: 'Running',
  attention: 'Needs attention',
  stopped: 'Stopped',
};

const noMatchTitle = (search: string, group: StatusGroup): string => {
  const among = group === 'all' ? '' : ` with the filter “${GROUP_LABELS[group]}”`;
  return search === '' ? `No deployments${among}.` : `No deployments match “${search}”${among}.`;
};

export { DeploymentsPage as Component };
