import { useQuery } from '@apollo/client/react';
import type { RecentRange } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { formatBytes } from '../../ui/data/bytes.ts';
import { DayChart } from './DayChart.tsx';
import { dotPath, linePath, roundUp } from './series.ts';
import classes from './Usage.module.css';

const MachineUsageDocument = graphql(`
  query MachineUsage($id: ID!, $range: RecentRange, $days: Int!) {
    deployment(id: $id) {
      id
      machineUsage(range: $range, days: $days) {
        at
        sessions
        memoryBytes
        processorShare
      }
    }
  }
`);

/** The server keeps a reading of each five minutes. */
const REFRESH_MS = 60_000;
const MEGABYTE = 1_000_000;

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

type SeriesProps = {
  title: string;
  times: readonly { day: string }[];
  format: (at: string) => string;
  values: readonly (number | null | undefined)[];
  /** The top of the scale. */
  top: number;
  show: (value: number) => string;
  hint: string;
};

function Series({ title, times, format, values, top, show, hint }: SeriesProps) {
  const known = values.filter((value) => value !== null && value !== undefined);
  const detail = (index: number) => {
    const value = values[index];
    return `${format(times[index]?.day ?? '')}: ${value === null || value === undefined ? 'not awake' : show(value)}`;
  };
  return (
    <DayChart
      title={title}
      days={times}
      format={format}
      top={show(top)}
      summary={known.length === 0 ? 'no figures' : `${hint} ${show(Math.max(...known))}`}
      detail={detail}
    >
      <path data-series="p50" d={linePath(values, top)} />
      <path data-series="p50" data-dots d={dotPath(values, top)} />
    </DayChart>
  );
}

type MachineUsageProps = {
  databaseId: string;
  /** Null for whole days. */
  range: RecentRange | null;
  days: number;
};

/** Charts sessions, memory and processor time of the machine. Shows nothing for a time in which it was not awake. */
export function MachineUsage({ databaseId, range, days }: MachineUsageProps) {
  const { data, previousData } = useQuery(MachineUsageDocument, {
    variables: { id: databaseId, range, days },
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const points = (data ?? previousData)?.deployment?.machineUsage;
  if (!points?.some(({ sessions }) => sessions !== null)) return null;
  const times = points.map(({ at }) => ({ day: at }));
  const format = (at: string) => (range === null ? date : time).format(new Date(at));
  const most = (pick: (point: NonNullable<typeof points>[number]) => number | null | undefined) =>
    Math.max(0, ...points.map((point) => pick(point) ?? 0));
  return (
    <section aria-label="Machine" className={classes.charts}>
      <Series
        title="Sessions"
        {...{ times, format }}
        values={points.map(({ sessions }) => sessions)}
        top={roundUp(most(({ sessions }) => sessions))}
        show={(value) => value.toLocaleString()}
        hint="at most"
      />
      <Series
        title="Memory"
        {...{ times, format }}
        values={points.map(({ memoryBytes }) => memoryBytes)}
        top={roundUp(most(({ memoryBytes }) => memoryBytes) / MEGABYTE) * MEGABYTE}
        show={formatBytes}
        hint="at most"
      />
      <Series
        title="Processor"
        {...{ times, format }}
        values={points.map(({ processorShare }) => processorShare)}
        top={roundUp(most(({ processorShare }) => processorShare) * 100) / 100}
        show={(value) => `${percent.format(value)} of a core`}
        hint="up to"
      />
    </section>
  );
}
