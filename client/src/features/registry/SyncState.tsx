import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { Ago } from '../../ui/data/Times.tsx';
import classes from './SyncState.module.css';
import type { SyncSources } from './sync.ts';

const count = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** One line for each source: how many it lists, how old that is, and what went wrong since. */
export function SyncState({ sources }: { sources: SyncSources }) {
  return (
    <ul className={classes.states} aria-label="How fresh the list is">
      {sources.map((one) => (
        <li key={one.source} className={classes.state}>
          <span className="numbers">
            {count.format(one.listed)} from the {one.source === 'MCP_REGISTRY' ? 'MCP registry' : 'directory'}
          </span>
          {one.running ? (
            <span className={classes.running}>
              <IconRefresh size={14} aria-hidden /> reading, {count.format(one.read)} so far
            </span>
          ) : one.lastSuccessAt ? (
            <span>
              synced <Ago at={one.lastSuccessAt} />
            </span>
          ) : (
            <span>not read yet</span>
          )}
          {one.error && !one.running && (
            <span className={classes.trouble}>
              <IconAlertTriangle size={14} aria-hidden /> {one.error}
              {one.nextAt && ` It is tried again at ${clock.format(new Date(one.nextAt))}.`}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
