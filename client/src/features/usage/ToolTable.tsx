import { formatDuration } from '../../ui/data/duration.ts';
import type { Figures } from './series.ts';
import classes from './Usage.module.css';
import { formatCount } from './UsageCharts.tsx';

type ToolTableProps = {
  tools: readonly (Figures & { tool: string })[];
  /** The tool whose days the charts show; null: all. */
  chosen: string | null;
  onChoose: (tool: string | null) => void;
};

const durationOf = (milliseconds: number | null | undefined): string =>
  milliseconds === null || milliseconds === undefined ? '–' : formatDuration(milliseconds);

/** The tools that were called, the busiest first. Choosing one shows its own days above. */
export function ToolTable({ tools, chosen, onChoose }: ToolTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={classes.scroller} aria-label="Usage by tool" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col">Calls</th>
            <th scope="col">Failed</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
          </tr>
        </thead>
        <tbody>
          {tools.map(({ tool, calls, errors, p50Ms, p95Ms }) => (
            <tr key={tool} data-chosen={tool === chosen || undefined}>
              <th scope="row">
                <button
                  type="button"
                  aria-pressed={tool === chosen}
                  title={tool === chosen ? 'Show all tools' : 'Show the days of this tool'}
                  onClick={() => onChoose(tool === chosen ? null : tool)}
                >
                  {tool}
                </button>
              </th>
              <td>{formatCount(calls)}</td>
              <td data-bad={errors > 0 || undefined}>{formatCount(errors)}</td>
              <td>{durationOf(p50Ms)}</td>
              <td>{durationOf(p95Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
