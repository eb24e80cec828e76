import { useConnectionState } from '../../apollo/context.ts';
import { UNREACHABLE_MESSAGE } from '../../apollo/problem.ts';
import { useNow } from '../../ui/data/clock.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import classes from './Frame.module.css';

const STATE_LABELS = { idle: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', offline: 'Offline' } as const;

/** Shows in the top bar whether the page is up to date. */
export function ConnectionState() {
  const { state } = useConnectionState();
  return (
    <span
      className={classes.live}
      data-state={state}
      title={state === 'live' ? 'This page updates by itself.' : STATE_LABELS[state]}
    >
      <span className={classes.dot} aria-hidden />
      <span>{STATE_LABELS[state]}</span>
    </span>
  );
}

/** A loss shorter than this shows in the top bar only, so that a restart of the server does not flash a banner. */
const GRACE_MS = 1_500;

export function ConnectionBanner() {
  const { state, since } = useConnectionState();
  const lost = state === 'reconnecting' || state === 'offline';
  const now = useNow(500, lost);
  const shown = lost && now - since > GRACE_MS;
  return (
    <div role="status">
      {shown && (
        <div className={classes.banner}>
          <strong>{state === 'offline' ? 'This computer is offline.' : UNREACHABLE_MESSAGE}</strong>
          <span>
            This page may be out of date. Reconnecting…
            {/* Not announced: it changes every second. */}
            <span aria-hidden> ({formatDuration(Math.floor((now - since) / 1000) * 1000)})</span>
          </span>
        </div>
      )}
    </div>
  );
}
