import { Tooltip } from '@mantine/core';
import { useNow } from './clock.ts';
import { formatAgo, formatDuration } from './duration.ts';

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

/** Shows how long ago a moment was, with the exact time on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow(5_000);
  const date = new Date(at);
  return (
    <Tooltip label={exact.format(date)}>
      <time dateTime={at}>{formatAgo(Math.max(now, Date.now()) - date.getTime())}</time>
    </Tooltip>
  );
}

/** Counts up from a moment while the page waits. */
export function Elapsed({ since }: { since: string | number }) {
  const now = useNow(100);
  const start = typeof since === 'number' ? since : new Date(since).getTime();
  return <span className="numbers">{formatDuration(now - start)}</span>;
}
