import { formatBytes } from '../../ui/data/bytes.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import type { Figures } from './series.ts';
import classes from './Usage.module.css';
import { formatCount } from './UsageCharts.tsx';

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

type UsageFiguresProps = {
  usage: { tools: Figures; protocolMessages: number; coldCalls: number; bytesIn: number; bytesOut: number };
};

/** Sums up the time range in a few numbers: calls of tools, and messages of the protocol apart. */
export function UsageFigures({ usage }: UsageFiguresProps) {
  const { tools, protocolMessages, coldCalls, bytesIn, bytesOut } = usage;
  const { calls, errors, p50Ms, p95Ms } = tools;
  const facts = [
    ['Tool calls', formatCount(calls)],
    ['Failed', errors === 0 ? '0' : `${formatCount(errors)} (${percent.format(errors / calls)})`],
    ['Median time (p50)', p50Ms === null || p50Ms === undefined ? '–' : formatDuration(p50Ms)],
    ['95% within (p95)', p95Ms === null || p95Ms === undefined ? '–' : formatDuration(p95Ms)],
    ['Protocol messages', formatCount(protocolMessages)],
    ['Sent / received', `${formatBytes(bytesIn)} / ${formatBytes(bytesOut)}`],
    ...(coldCalls > 0 ? [['Waited for a wake-up', formatCount(coldCalls)] as const] : []),
  ] as const;
  return (
    <dl className={classes.figures}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
