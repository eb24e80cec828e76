import { useQuery } from '@apollo/client/react';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { graphql } from '../../generated/index.ts';
import { Ago } from '../../ui/Times.tsx';
import classes from './SyncState.module.css';

const RegistrySyncDocument = graphql(`
  query RegistrySync {
    registrySync {
      source
      running
      read
      listed
      lastSuccessAt
      error
    }
  }
`);

const RUNNING_POLL_MS = 3_000;
const IDLE_POLL_MS = 60_000;

/** How fresh the list is, asked for more often while it is being read. */
export function useRegistrySync() {
  const { data, startPolling } = useQuery(RegistrySyncDocument, {
    pollInterval: IDLE_POLL_MS,
    skipPollAttempt: () => document.hidden,
  });
  const sources = data?.registrySync ?? [];
  const isFresh = sources.length > 0 && sources.every((one) => !one.running && one.lastSuccessAt !== null);
  startPolling(isFresh ? IDLE_POLL_MS : RUNNING_POLL_MS);
  return data?.registrySync ?? null;
}

type Sources = NonNullable<ReturnType<typeof useRegistrySync>>;

const count = new Intl.NumberFormat();

/** One line for each source: how many it lists, and how old that is. */
export function SyncState({ sources }: { sources: Sources }) {
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
          ) : one.error ? (
            <span className={classes.trouble}>
              <IconAlertTriangle size={14} aria-hidden /> {one.error}{' '}
              {one.lastSuccessAt && (
                <>
                  What you see is from <Ago at={one.lastSuccessAt} />.
                </>
              )}
            </span>
          ) : one.lastSuccessAt ? (
            <span>
              updated <Ago at={one.lastSuccessAt} />
            </span>
          ) : (
            <span>not read yet</span>
          )}
        </li>
      ))}
    </ul>
  );
}
