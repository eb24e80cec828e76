import { useMutation, useQuery } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import { graphql } from '../../generated/index.ts';
import { complain } from '../../ui/feedback/complain.ts';

const RegistrySyncDocument = graphql(`
  query RegistrySync {
    registrySync {
      source
      running
      read
      listed
      lastSuccessAt
      nextAt
      error
    }
  }
`);

const SyncRegistryDocument = graphql(`
  mutation SyncRegistry {
    syncRegistry {
      __typename
      ... on UserError {
        message
        hint
      }
    }
  }
`);

const RUNNING_POLL_MS = 2_000;
const IDLE_POLL_MS = 60_000;

type Source = { running: boolean; lastSuccessAt?: string | null; nextAt?: string | null };

/** Whether something is about to change: it is being read, it is its time, or it never was. */
const isUnderWay = ({ running, lastSuccessAt, nextAt }: Source): boolean =>
  running || !lastSuccessAt || !nextAt || Date.parse(nextAt) <= Date.now();

/** How fresh the list is, asked for more often while it is being read; and the administrator's way to have it read. */
export function useRegistrySync() {
  const { data, startPolling, refetch } = useQuery(RegistrySyncDocument, {
    pollInterval: IDLE_POLL_MS,
    skipPollAttempt: () => document.hidden,
  });
  const [sync, { loading }] = useMutation(SyncRegistryDocument);
  const sources = data?.registrySync ?? null;
  startPolling(sources?.some(isUnderWay) === false ? IDLE_POLL_MS : RUNNING_POLL_MS);

  const syncNow = async () => {
    const { problem } = await payloadOf('RegistrySyncPayload', async () => (await sync()).data?.syncRegistry);
    if (problem) complain(problem);
    else await refetch().catch(() => null); // the next poll asks again
  };
  const isSyncing = loading || sources?.some(({ running }) => running) === true;
  return { sources, syncNow, isSyncing };
}

export type SyncSources = NonNullable<ReturnType<typeof useRegistrySync>['sources']>;
