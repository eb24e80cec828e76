import { formatDuration } from '../../ui/data/duration.ts';
import { Folded } from '../../ui/layout/Folded.tsx';
import type { Figures } from './series.ts';
import classes from './Usage.module.css';
import { formatCount } from './UsageCharts.tsx';

type UsageTablesProps = {
  usage: {
    byCaller: readonly (Figures & { caller: string; name?: string | null })[];
    byMethod: readonly (Figures & { method: string })[];
  };
};

type Row = { key: string; name: string; figures: Figures };

/** The same time range by client and by method. */
export function UsageTables({ usage }: UsageTablesProps) {
  const callers = usage.byCaller.map((one) => ({
    key: one.caller,
    name: one.name ?? (one.caller === 'public' ? 'Public access' : 'Deleted token or client'),
    figures: one,
  }));
  const methods = usage.byMethod.map((one) => ({ key: one.method, name: one.method, figures: one }));
  return (
    <>
      {callers.length > 0 && <FiguresTable label="Usage by client" heading="Token or client" rows={callers} />}
      <Folded label="By method">
        <FiguresTable label="Usage by method" heading="Method" rows={methods} />
      </Folded>
    </>
  );
}

const durationOf = (milliseconds: number | null | undefined): string =>
  milliseconds === null || milliseconds === undefined ? '–' : formatDuration(milliseconds);

function FiguresTable({ label, heading, rows }: { label: string; heading: string; rows: readonly Row[] }) {
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
          {rows.map(({ key, name, figures }) => (
            <tr key={key}>
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
