import { useQuery } from '@apollo/client/react';
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useDeferredValue } from 'react';
import { Link, useSearchParams } from 'react-router';
import { DeploymentList } from '../features/deployments/DeploymentList.tsx';
import { FirstDeployment } from '../features/deployments/FirstDeployment.tsx';
import { ListSkeleton } from '../features/deployments/ListSkeleton.tsx';
import { isStatusGroup, STATUS_GROUPS, type StatusGroup } from '../features/deployments/status-groups.ts';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Page } from '../ui/Page.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { RequestFailure } from '../ui/RequestFailure.tsx';
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

const PAGE_SIZE = 100;

export function DeploymentsPage() {
  const { data, error, refetch, fetchMore } = useQuery(DeploymentsDocument, { variables: { first: PAGE_SIZE } });
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const shown = params.get('status');
  const group: StatusGroup = isStatusGroup(shown) ? shown : 'all';
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const set = (key: string, value: string) =>
    setParams(
      (before) => {
        if (value === '' || value === 'all') before.delete(key);
        else before.set(key, value);
        return before;
      },
      { replace: true },
    );

  const all = data?.deployments.edges.map((edge) => edge.node) ?? [];
  const found = all.filter(
    (one) => wanted === '' || one.name.toLowerCase().includes(wanted) || one.source.toLowerCase().includes(wanted),
  );
  const visible = found.filter((one) => STATUS_GROUPS[group].has(one.status));
  const count = (key: StatusGroup) => found.filter((one) => STATUS_GROUPS[key].has(one.status)).length;
  const next = data?.deployments.pageInfo;
  const isEmpty = data !== undefined && all.length === 0;

  return (
    <Page title="Deployments">
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
      {isEmpty && <FirstDeployment />}
      {data && all.length > 0 && (
        <>
          <div className={classes.tools}>
            <TextInput
              className={classes.search}
              leftSection={<IconSearch size={15} />}
              placeholder="Search by name or source"
              aria-label="Search deployments"
              data-page-search
              value={search}
              onChange={(event) => set('q', event.currentTarget.value)}
            />
            <SegmentedControl
              className={classes.filter ?? ''}
              aria-label="Which deployments"
              value={group}
              onChange={(value) => set('status', value)}
              data={(['all', 'running', 'attention', 'stopped'] as const).map((key) => ({
                value: key,
                label: count(key) > 0 ? `${GROUP_WORDS[key]} ${count(key)}` : GROUP_WORDS[key],
              }))}
            />
          </div>
          {visible.length > 0 ? (
            <DeploymentList deployments={visible.map((one) => ({ id: one.id, row: one }))} />
          ) : (
            <EmptyState title="Nothing matches.">
              <Button variant="default" size="xs" onClick={() => setParams({}, { replace: true })}>
                Show all {all.length}
              </Button>
            </EmptyState>
          )}
          <p className="visually-hidden" role="status">
            {visible.length} of {all.length} deployments
          </p>
          {next?.hasNextPage && (
            <Button variant="default" onClick={() => void fetchMore({ variables: { after: next.endCursor } })}>
              Show older deployments
            </Button>
          )}
        </>
      )}
    </Page>
  );
}

const GROUP_WORDS: Record<StatusGroup, string> = {
  all: 'All',
  running: 'Running',
  attention: 'Attention',
  stopped: 'Stopped',
};

export { DeploymentsPage as Component };
