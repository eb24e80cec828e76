import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { Ago } from '../../ui/data/Times.tsx';
import classes from './SyncState.module.css';
import type { SyncSources } from './sync.ts';

const count = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Shows for each source how many servers it lists, how old the list is, and why the last refresh failed. */
export function SyncState({ sources }: { sources: SyncSources }) {
  return (
    <ul className={classes.states} aria-label="Registry status">
      {sources.map((one) => (
        <li key={one.source} className={classes.state}>
          <span className="numbers">
            {count.format(one.listed)} from the {one.source === 'MCP_REGISTRY' ? 'MCP registry' : 'directory'}
          </span>
          {one.running ? (
            <span className={classes.running}>
              <IconRefresh size={14} aria-hidden /> loading, {count.format(one.read)} so far
            </span>
          ) : one.lastSuccessAt ? (
            <span>
              updated <Ago at={one.lastSuccessAt} />
            </span>
          ) : (
            <span>Not loaded yet</span>
          )}
          {one.error && !one.running && (
            <span className={classes.trouble}>
              <IconAlertTriangle size={14} aria-hidden /> {one.error}
              {one.nextAt && ` Next try at ${clock.format(new Date(one.nextAt))}.`}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
