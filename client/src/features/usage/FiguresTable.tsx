import type { ReactNode } from 'react';
import { formatDuration } from '../../ui/data/duration.ts';
import type { Figures } from './series.ts';
import classes from './Usage.module.css';
import { formatCount } from './UsageCharts.tsx';

export type FiguresRow = { key: string; name: ReactNode; figures: Figures; isSelected?: boolean };

type FiguresTableProps = { label: string; heading: string; rows: readonly FiguresRow[] };

const durationOf = (milliseconds: number | null | undefined): string =>
  milliseconds === null || milliseconds === undefined ? '–' : formatDuration(milliseconds);

/** Calls, failures and percentiles, a row for each name. */
export function FiguresTable({ label, heading, rows }: FiguresTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={classes.scroller} aria-label={label} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            <th scope="col">Calls</th>
            <th scope="col">Failed</th>
            <th scope="col" title="Median: half of the calls took less">
              p50
            </th>
            <th scope="col" title="95% of the calls took less">
              p95
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, figures, isSelected }) => (
            <tr key={key} data-selected={isSelected || undefined}>
              <th scope="row">{name}</th>
              <td>{formatCount(figures.calls)}</td>
              <td data-bad={figures.errors > 0 || undefined}>{formatCount(figures.errors)}</td>
              <td>{durationOf(figures.p50Ms)}</td>
              <td>{durationOf(figures.p95Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
