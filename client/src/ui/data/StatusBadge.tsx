import classes from './StatusBadge.module.css';
import { type AskedFor, lookOf, type Status } from './status.ts';

type StatusBadgeProps = {
  status: Status;
  size?: 'sm' | 'md';
  /** It sleeps, and is on its way back. */
  waking?: boolean;
  /** What was asked for and has not happened yet. */
  asked?: AskedFor | null;
};

export function StatusBadge({ status, size = 'sm', waking = false, asked = null }: StatusBadgeProps) {
  const { word, tone, icon: StatusIcon, moving, means } = lookOf(status, { waking, asked });
  return (
    <span
      className={classes.badge}
      data-tone={tone}
      data-size={size}
      data-status={status}
      data-moving={moving || undefined}
      title={means}
    >
      <StatusIcon
        size={size === 'sm' ? 14 : 16}
        stroke={2}
        className={moving ? classes.moving : undefined}
        aria-hidden
      />
      {word}
    </span>
  );
}
