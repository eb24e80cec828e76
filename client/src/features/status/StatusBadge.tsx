import type { ServingDoubt } from '../../generated/graphql.ts';
import { DOUBT_WORDS } from './doubts.ts';
import { lookOf, type PendingIntent, STATUS_LOOKS } from './looks.ts';
import classes from './StatusBadge.module.css';
import type { Status } from './status.ts';

type StatusBadgeProps = {
  status: Status;
  size?: 'sm' | 'md';
  /** The deployment sleeps and is waking up. */
  waking?: boolean;
  pending?: PendingIntent | null;
  /** A reason to doubt that the server works, which stands beside the status. */
  doubt?: ServingDoubt | null;
};

export function StatusBadge({ status, size = 'sm', waking = false, pending = null, doubt = null }: StatusBadgeProps) {
  const look = lookOf(status, { waking, pending });
  const { label, icon: StatusIcon, moving, description } = look;
  const words = doubt !== null && look.label === STATUS_LOOKS[status].label ? DOUBT_WORDS[doubt] : null;
  const badge = (
    <span
      className={classes.badge}
      data-tone={words?.isTrouble ? 'amber' : look.tone}
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
  if (!words) return badge;
  return (
    <>
      {badge}
      <span className={classes.doubt} data-trouble={words.isTrouble || undefined} title={words.sentence}>
        {words.label}
      </span>
    </>
  );
}
