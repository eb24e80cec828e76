import { lookOf, type PendingIntent } from './looks.ts';
import classes from './StatusBadge.module.css';
import type { Status } from './status.ts';

type StatusBadgeProps = {
  status: Status;
  size?: 'sm' | 'md';
  /** The deployment sleeps and is waking up. */
  waking?: boolean;
  pending?: PendingIntent | null;
};

export function StatusBadge({ status, size = 'sm', waking = false, pending = null }: StatusBadgeProps) {
  const { label, tone, icon: StatusIcon, moving, description } = lookOf(status, { waking, pending });
  return (
    <span
      className={classes.badge}
      data-tone={tone}
      data-size={size}
      data-status={status}
      data-moving={moving || undefined}
      title={description}
    >
      <StatusIcon
        size={size === 'sm' ? 14 : 16}
        stroke={2}
        className={moving ? classes.moving : undefined}
        aria-hidden
      />
      {label}
    </span>
  );
}
