import { useQuery } from '@apollo/client/react';
import { Skeleton } from '@mantine/core';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import type { RecentRange } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import classes from './Usage.module.css';
import { UsageCharts } from './UsageCharts.tsx';

const RecentUsageDocument = graphql(`
  query RecentUsage($id: ID!, $range: RecentRange!) {
    deployment(id: $id) {
      id
      recentUsage(range: $range) {
        at
        calls
        errors
        p50Ms
        p95Ms
      }
    }
  }
`);

const REFRESH_MS = 10_000;
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const formatTime = (at: string): string => time.format(new Date(at));

/** Charts the calls of tools in the last hour or day, from the log of calls. */
export function RecentUsage({ databaseId, range }: { databaseId: string; range: RecentRange }) {
  const { data, error, refetch } = useQuery(RecentUsageDocument, {
    variables: { id: databaseId, range },
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const points = data?.deployment?.recentUsage;
  if (!points)
    return error ? (
      <RequestFailure error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={300} aria-busy="true" />
    );
  if (points.every(({ calls }) => calls === 0))
    return <p className={classes.none}>No tools were called in the last {range === 'HOUR' ? 'hour' : '24 hours'}.</p>;
  return <UsageCharts days={points.map(({ at, ...figures }) => ({ day: at, ...figures }))} format={formatTime} />;
}
