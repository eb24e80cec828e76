import { formatDuration } from '../../ui/data/duration.ts';
import type { Figures } from './series.ts';
import classes from './Usage.module.css';
import { formatCount } from './UsageCharts.tsx';

type ToolTableProps = {
  tools: readonly (Figures & { tool: string })[];
  /** The tool whose days the charts show; null for all tools. */
  selected: string | null;
  onSelect: (tool: string | null) => void;
};

const durationOf = (milliseconds: number | null | undefined): string =>
  milliseconds === null || milliseconds === undefined ? '–' : formatDuration(milliseconds);

/** Lists the tools that were called, the busiest first. Selecting a tool shows its days in the charts. */
export function ToolTable({ tools, selected, onSelect }: ToolTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={classes.scroller} aria-label="Usage by tool" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Tool</th>
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
          {tools.map(({ tool, calls, errors, p50Ms, p95Ms }) => (
            <tr key={tool} data-selected={tool === selected || undefined}>
              <th scope="row">
                <button
                  type="button"
                  aria-pressed={tool === selected}
                  title={tool === selected ? 'Show all tools' : 'Show only this tool'}
                  onClick={() => onSelect(tool === selected ? null : tool)}
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
