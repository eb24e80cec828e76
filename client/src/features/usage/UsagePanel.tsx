import { useQuery } from '@apollo/client/react';
import { SegmentedControl, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { graphql } from '../../generated/index.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { MachineUsage } from './MachineUsage.tsx';
import { RecentUsage } from './RecentUsage.tsx';
import { fillDays } from './series.ts';
import { ToolTable } from './ToolTable.tsx';
import classes from './Usage.module.css';
import { UsageCharts } from './UsageCharts.tsx';
import { UsageFigures } from './UsageFigures.tsx';
import { UsageTables } from './UsageTables.tsx';

const UsageDocument = graphql(`
  query Usage($id: ID!, $days: Int!) {
    deployment(id: $id) {
      id
      usage(days: $days) {
        calls
        tools {
          calls
          errors
          p50Ms
          p95Ms
        }
        toolsByDay {
          day
          calls
          errors
          p50Ms
          p95Ms
        }
        protocolMessages
        byMethod {
          method
          calls
          errors
          p50Ms
          p95Ms
        }
        byCaller {
          caller
          name
          calls
          errors
          p50Ms
          p95Ms
        }
        coldCalls
        bytesIn
        bytesOut
        byTool {
          tool
          calls
          errors
          p50Ms
          p95Ms
        }
        byToolAndDay {
          tool
          day
          calls
          errors
          p50Ms
          p95Ms
        }
      }
    }
  }
`);

/** The log of calls has these times; longer ones are counted by day. */
const RECENT = { hour: 'HOUR', day: 'DAY' } as const;
const SPANS = ['hour', 'day', '7', '30', '90'] as const;
const LABELS = { hour: '1 hour', day: '24 hours', '7': '7 days', '30': '30 days', '90': '90 days' } as const;
/** The server writes its counters every two seconds. */
const REFRESH_MS = 5_000;

type UsagePanelProps = {
  databaseId: string;
  /** The endpoint was called before, so that figures will arrive: a skeleton shows until then. */
  wasUsed: boolean;
};

/** Shows the usage of the endpoint: figures, charts by day and a table by tool, kept current while visible. */
export function UsagePanel({ databaseId, wasUsed }: UsagePanelProps) {
  const [params, setParams] = useSearchParams();
  const span = SPANS.find((one) => one === params.get('days')) ?? '7';
  const recent = span === 'hour' || span === 'day' ? RECENT[span] : null;
  const [wanted, setWanted] = useState<string | null>(null);
  const { data, previousData, error, refetch } = useQuery(UsageDocument, {
    variables: { id: databaseId, days: Number(span) || 7 },
    skip: recent !== null,
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const usage = (data ?? previousData)?.deployment?.usage;
  // A tool that was not called in this time range has no days to show.
  const tool = usage?.byTool.some((one) => one.tool === wanted) ? wanted : null;
  const show = (days: string) =>
    setParams(
      (before) => {
        if (days === '7') before.delete('days');
        else before.set('days', days);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  const days =
    usage &&
    (tool
      ? fillDays(
          usage.toolsByDay,
          usage.byToolAndDay.filter((one) => one.tool === tool),
        )
      : usage.toolsByDay);

  return (
    <Panel
      title={tool ? `Usage of ${tool}` : 'Usage'}
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Time range"
          value={span}
          onChange={show}
          data={SPANS.map((value) => ({ value, label: LABELS[value] }))}
        />
      }
    >
      {recent !== null && <RecentUsage databaseId={databaseId} range={recent} />}
      {recent === null && !usage && error && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {recent === null && !usage && !error && wasUsed && <Skeleton height={430} aria-busy="true" />}
      {recent === null && (usage ? usage.calls === 0 : !wasUsed && !error) && (
        <p className={classes.none}>
          No calls in the last {span} days. Calls from clients and the playground show here within seconds.
        </p>
      )}
      {recent === null && usage && days && usage.calls > 0 && (
        <div className={classes.usage}>
          <UsageFigures usage={usage} />
          <UsageCharts days={days} />
          {usage.byTool.length > 0 && <ToolTable tools={usage.byTool} selected={tool} onSelect={setWanted} />}
          <UsageTables usage={usage} />
        </div>
      )}
      {wasUsed && <MachineUsage databaseId={databaseId} range={recent} days={Number(span) || 7} />}
    </Panel>
  );
}
