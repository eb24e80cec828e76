import { useConnectionState } from '../../apollo/context.ts';
import { useNow } from '../../ui/data/clock.ts';
import { Elapsed } from '../../ui/data/Times.tsx';
import classes from './Frame.module.css';

const WORDS = { idle: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', offline: 'Offline' } as const;

/** A word and a dot in the top bar: whether what is on the screen is current. */
export function ConnectionState() {
  const { state } = useConnectionState();
  return (
    <span
      className={classes.live}
      data-state={state}
      title={state === 'live' ? 'Changes arrive by themselves.' : WORDS[state]}
    >
      <span className={classes.dot} aria-hidden />
      <span>{WORDS[state]}</span>
    </span>
  );
}

/** A loss shorter than this shows in the top bar only: a restart of the server should not flash a banner. */
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
          <strong>{state === 'offline' ? 'This computer is offline.' : 'The server does not answer.'}</strong>
          <span>
            What you see is from before; Catwalk reconnects by itself
            {/* Not announced: it changes ten times a second. */}
            <span aria-hidden>
              {' '}
              (<Elapsed since={since} />)
            </span>
            .
          </span>
        </div>
      )}
    </div>
  );
}
