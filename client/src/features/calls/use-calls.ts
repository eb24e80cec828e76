import { useQuery, useSubscription } from '@apollo/client/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CallFilter as CallFilterInput, CallsPageQuery } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

const CallsPageDocument = graphql(`
  query CallsPage($id: ID!, $first: Int!, $after: String, $filter: CallFilter) {
    deployment(id: $id) {
      id
      viewerRole
      recordsBodies
      callsLost
      callsLostAt
      tools {
        name
      }
      prompts {
        name
      }
      calls(first: $first, after: $after, filter: $filter) {
        edges {
          node {
            id
            name
            clientName
            durationMs
            ...CallRow_call
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const CallsLiveDocument = graphql(`
  subscription CallsLive($id: ID!, $filter: CallFilter) {
    deploymentCalls(id: $id, filter: $filter) {
      id
      name
      clientName
      durationMs
      ...CallRow_call
    }
  }
`);

type Deployment = NonNullable<CallsPageQuery['deployment']>;
export type ListedCall = Deployment['calls']['edges'][number]['node'];

const PAGE_SIZE = 50;
/** Kept in the page; older ones are a page of the server again. */
const LIVE_MAX = 1_000;
/** A subscription begins at the present: what came while it was not there is read like this. */
const CATCH_UP_MS = 10_000;

/** The calls that match, the newest first: a page of the past, more on request, and new ones as they are recorded. */
export function useCallList(databaseId: string, filter: CallFilterInput) {
  const [live, setLive] = useState<readonly ListedCall[]>([]);
  const arrived = useRef<ListedCall[]>([]);
  const frame = useRef<ReturnType<typeof setTimeout> | null>(null);
  const { data, previousData, error, loading, refetch, fetchMore } = useQuery(CallsPageDocument, {
    variables: { id: databaseId, first: PAGE_SIZE, filter },
    fetchPolicy: 'cache-and-network',
  });
  useSubscription(CallsLiveDocument, {
    variables: { id: databaseId, filter },
    ignoreResults: true,
    fetchPolicy: 'no-cache',
    onData: ({ data: { data: value } }) => {
      if (!value) return;
      arrived.current.push(value.deploymentCalls);
      frame.current ??= setTimeout(() => {
        frame.current = null;
        const fresh = arrived.current.reverse();
        arrived.current = [];
        setLive((before) => [...fresh, ...before].slice(0, LIVE_MAX));
      }, 100);
    },
  });
  useEffect(
    () => () => {
      if (frame.current) clearTimeout(frame.current);
    },
    [],
  );
  useEffect(() => {
    const timer = setTimeout(() => void refetch(), CATCH_UP_MS);
    return () => clearTimeout(timer);
  }, [refetch]);

  const deployment = (data ?? previousData)?.deployment;
  const calls = useMemo(() => {
    const listed = (data ?? previousData)?.deployment?.calls.edges.map(({ node }) => node) ?? [];
    const known = new Map([...live, ...listed].map((call) => [call.id, call]));
    return [...known.values()].sort((a, b) => Number(BigInt(b.id) - BigInt(a.id)));
  }, [live, data, previousData]);
  const next = data?.deployment?.calls.pageInfo;
  return {
    deployment,
    calls,
    error: error ?? null,
    loading,
    refetch: () => void refetch(),
    showOlder: next?.hasNextPage ? () => void fetchMore({ variables: { after: next.endCursor } }) : null,
  };
}
