import type { ServingDoubt } from '../../generated/graphql.ts';
import { lookOf, type PendingIntent } from './looks.ts';
import classes from './StatusBadge.module.css';
import { DOUBT_WORDS } from './serving-doubts.ts';
import type { Status } from './status.ts';

type StatusBadgeProps = {
  status: Status;
  size?: 'sm' | 'md';
  /** The deployment sleeps and is waking up. */
  waking?: boolean;
  pending?: PendingIntent | null;
  /** A reason to doubt that the server works; `DoubtNote` beside the badge names it. */
  doubt?: ServingDoubt | null;
};

export function StatusBadge({ status, size = 'sm', waking = false, pending = null, doubt = null }: StatusBadgeProps) {
  const look = lookOf(status, { waking, pending });
  const { label, icon: StatusIcon, moving, description } = look;
  const isTrouble = doubt !== null && !pending && DOUBT_WORDS[doubt].isTrouble;
  return (
    <span
      className={classes.badge}
      data-tone={isTrouble ? 'amber' : look.tone}
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

/** Names a reason to doubt that a running server works. */
export function DoubtNote({ doubt }: { doubt: ServingDoubt }) {
  const { label, sentence, isTrouble } = DOUBT_WORDS[doubt];
  return (
    <span className={classes.doubt} data-trouble={isTrouble || undefined} title={sentence}>
      {label}
    </span>
  );
}
