import { formatDuration } from '../../ui/data/duration.ts';
import { DayChart, formatDay } from './DayChart.tsx';
import { type DayFigures, dotPath, linePath, roundUp } from './series.ts';
import classes from './Usage.module.css';

export const formatCount = (count: number): string => count.toLocaleString();

export const formatCalls = ({ calls, errors }: { calls: number; errors: number }): string =>
  `${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'}${errors > 0 ? `, ${formatCount(errors)} failed` : ''}`;

const formatLatency = ({ p50Ms, p95Ms }: DayFigures): string =>
  p50Ms === null || p50Ms === undefined || p95Ms === null || p95Ms === undefined
    ? 'no calls'
    : `p50 ${formatDuration(p50Ms)}, p95 ${formatDuration(p95Ms)}`;

/** Charts the calls, the failures and the duration of calls by day. */
type UsageChartsProps = {
  days: readonly DayFigures[];
  /** Names a day, or another time that figures stand for. */
  format?: (day: string) => string;
};

export function UsageCharts({ days, format: name = formatDay }: UsageChartsProps) {
  const mostCalls = roundUp(Math.max(...days.map((day) => day.calls)));
  const slowest = roundUp(Math.max(...days.map((day) => day.p95Ms ?? 0)));
  const slot = 100 / days.length;
  const sum = (pick: (day: DayFigures) => number) => days.reduce((total, day) => total + pick(day), 0);
  const total = { calls: sum((day) => day.calls), errors: sum((day) => day.errors) };
  const at = (index: number, format: (day: DayFigures) => string) => {
    const day = days[index];
    return day ? `${name(day.day)}: ${format(day)}` : '';
  };
  return (
    <div className={classes.charts}>
      <DayChart
        title="Tool calls"
        days={days}
        format={name}
        top={formatCount(mostCalls)}
        summary={
          <>
            <span className={classes.key} data-series="calls" /> succeeded{' '}
            <span className={classes.key} data-series="errors" /> failed
            <span className="visually-hidden">: {formatCalls(total)} in total</span>
          </>
        }
        detail={(index) => at(index, formatCalls)}
      >
        {days.map(({ day, calls, errors }, index) => {
          const x = index * slot + slot * 0.12;
          const width = slot * 0.76;
          const failed = (100 * errors) / mostCalls;
          const answered = (100 * (calls - errors)) / mostCalls;
          return (
            <g key={day}>
              <rect data-series="calls" x={x} width={width} y={100 - answered - failed} height={answered} />
              <rect data-series="errors" x={x} width={width} y={100 - failed} height={failed} />
            </g>
          );
        })}
      </DayChart>
      <DayChart
        title="Duration"
        days={days}
        format={name}
        top={formatDuration(slowest)}
        summary={
          <>
            <span className={classes.key} data-series="p50" /> p50 (median){' '}
            <span className={classes.key} data-series="p95" /> p95 (slowest 5%)
          </>
        }
        detail={(index) => at(index, formatLatency)}
      >
        {(['p95', 'p50'] as const).map((series) => {
          const values = days.map((day) => (series === 'p95' ? day.p95Ms : day.p50Ms));
          return (
            <g key={series}>
              <path data-series={series} d={linePath(values, slowest)} />
              <path data-series={series} data-dots d={dotPath(values, slowest)} />
            </g>
          );
        })}
      </DayChart>
    </div>
  );
}
