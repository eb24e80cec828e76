import classes from './StatusBadge.module.css';
import { STATUS_LOOKS, type Status, WAKING_LOOK } from './status.ts';

type StatusBadgeProps = {
  status: Status;
  size?: 'sm' | 'md';
  /** It sleeps, and is on its way back. */
  waking?: boolean;
};

export function StatusBadge({ status, size = 'sm', waking = false }: StatusBadgeProps) {
  const { word, tone, icon: StatusIcon, moving, means } = waking ? WAKING_LOOK : STATUS_LOOKS[status];
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
