import classes from './Sparkline.module.css';

type SparklineProps = {
  /** Calls in each hour, the oldest first. */
  calls: readonly number[];
  /** Of these, the calls that failed. */
  errors: readonly number[];
};

const HEIGHT = 20;
const BAR = 3;
const GAP = 1;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Draws calls by hour as bars; the part of a bar that failed is red. Its numbers are its text. */
export function Sparkline({ calls, errors }: SparklineProps) {
  const top = Math.max(1, ...calls);
  const [total, failed] = [sum(calls), sum(errors)];
  const words = total === 0 ? 'No calls in 24 hours' : `${total} calls in 24 hours, ${failed} failed`;
  const height = (count: number) => (count === 0 ? 0 : Math.max(1, Math.round((HEIGHT * count) / top)));
  const bars = (counts: readonly number[]) =>
    counts
      .map((count, hour) =>
        count === 0 ? '' : `M${hour * (BAR + GAP)} ${HEIGHT}v-${height(count)}h${BAR}v${height(count)}z`,
      )
      .join('');
  return (
    <svg
      className={classes.sparkline}
      viewBox={`0 0 ${calls.length * (BAR + GAP)} ${HEIGHT}`}
      width={calls.length * (BAR + GAP)}
      height={HEIGHT}
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      <path className={classes.base} d={`M0 ${HEIGHT - 0.5}h${calls.length * (BAR + GAP)}`} />
      <path className={classes.calls} d={bars(calls)} />
      <path className={classes.errors} d={bars(errors)} />
    </svg>
  );
}
