import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useDeferredValue, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import classes from '../features/audit/Audit.module.css';
import { AuditFilters } from '../features/audit/AuditFilters.tsx';
import { AuditTrail } from '../features/audit/AuditTrail.tsx';
import { readFilter, sinceOf, typesOf } from '../features/audit/filter.ts';
import { useViewer } from '../features/viewer/viewer.ts';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import { Panel } from '../ui/layout/Panel.tsx';

const AuditChoicesDocument = graphql(`
  query AuditChoices {
    auditEventTypes
    deployments(first: 100) {
      edges {
        node {
          id
          databaseId
          name
        }
      }
    }
  }
`);

const AuditPageDocument = graphql(`
  query AuditPage($first: Int!, $after: String, $deploymentId: ID, $types: [String!], $since: DateTime, $actor: String, $search: String) {
    auditEvents(first: $first, after: $after, deploymentId: $deploymentId, types: $types, since: $since, actor: $actor, search: $search) {
      edges {
        node {
          id
          actor
          actorName
          ...AuditRow_event
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const PAGE_SIZE = 50;

export function Component() {
  const [params, setParams] = useSearchParams();
  const viewer = useViewer();
  const filter = readFilter(params);
  const { shows, type, deployment, person, period } = filter;
  const search = useDeferredValue(filter.search.trim());
  const { data: choices } = useQuery(AuditChoicesDocument);
  const all = choices?.auditEventTypes;
  const variables = useMemo(
    () => ({
      first: PAGE_SIZE,
      deploymentId: deployment,
      types: typesOf({ shows, type }, all ?? []),
      since: sinceOf(period, Date.now()),
      actor: person,
      search: search === '' ? null : search,
    }),
    [deployment, shows, type, period, person, search, all],
  );
  const { data, error, loading, refetch, fetchMore } = useQuery(AuditPageDocument, {
    variables,
    // Without the list of types, changes of a status would come first and vanish again.
    skip: all === undefined,
    fetchPolicy: 'cache-and-network',
  });

  const change = (key: string, value: string | null) =>
    setParams(
      (before) => {
        if (value === null) before.delete(key);
        else before.set(key, value);
        return before;
      },
      { replace: true },
    );
  const deployments = choices?.deployments.edges.map(({ node }) => node) ?? [];
  const events = data?.auditEvents.edges.map(({ node }) => node) ?? [];
  const next = data?.auditEvents.pageInfo;
  const people = [
    { id: 'system', name: 'Catwalk' },
    { id: viewer.id, name: 'You' },
    ...new Map(
      events
        .filter(({ actor }) => actor !== 'system' && actor !== viewer.id)
        .map(({ actor, actorName }) => [actor, { id: actor, name: actorName ?? actor }]),
    ).values(),
  ];
  const isFiltered =
    type !== null || deployment !== null || person !== null || filter.search !== '' || period !== 'all';

  return (
    <Page title="Audit">
      <PageHeader
        title="Audit"
        description="Every action with its user, address and time. Entries cannot be changed or deleted."
      />
      <AuditFilters
        filter={filter}
        types={choices?.auditEventTypes ?? []}
        deployments={deployments}
        people={people}
        onChange={change}
      />
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <PanelSkeleton />}
      {data && events.length === 0 && (
        <EmptyState title={isFiltered ? 'No entries match these filters.' : 'No activity yet.'}>
          {isFiltered && (
            <Button variant="default" size="xs" onClick={() => setParams({}, { replace: true })}>
              Clear filters
            </Button>
          )}
        </EmptyState>
      )}
      {events.length > 0 && (
        <Panel flush>
          <AuditTrail events={events} viewerId={viewer.id} deployments={deployments} />
          {next?.hasNextPage && (
            <div className={classes.more}>
              <Button
                variant="default"
                size="xs"
                loading={loading}
                onClick={() => void fetchMore({ variables: { after: next.endCursor } })}
              >
                Show older
              </Button>
            </div>
          )}
        </Panel>
      )}
    </Page>
  );
}
