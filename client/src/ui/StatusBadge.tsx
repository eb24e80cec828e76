import classes from './StatusBadge.module.css';
import { STATUS_LOOKS, type Status } from './status.ts';

type StatusBadgeProps = { status: Status; size?: 'sm' | 'md' };

export function StatusBadge({ status, size = 'sm' }: StatusBadgeProps) {
  const { word, tone, icon: StatusIcon, moving, means } = STATUS_LOOKS[status];
  return (
    <span className={classes.badge} data-tone={tone} data-size={size} data-status={status} title={means}>
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
