import { useMutation, useQuery } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import { graphql } from '../../generated/index.ts';
import { notifyProblem } from '../../ui/feedback/notify.ts';

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
      ...Problem_error
    }
  }
`);

const RUNNING_POLL_MS = 2_000;
const IDLE_POLL_MS = 60_000;

type Source = { running: boolean; lastSuccessAt?: string | null; nextAt?: string | null };

/** Tells whether the list is about to change: it is loading, due, or was never loaded. */
const isUnderWay = ({ running, lastSuccessAt, nextAt }: Source): boolean =>
  running || !lastSuccessAt || !nextAt || Date.parse(nextAt) <= Date.now();

/** Polls how fresh the list is, more often while it loads, and lets an administrator refresh it. */
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
    if (problem) notifyProblem(problem);
    else await refetch().catch(() => null); // the next poll repeats it
  };
  const isSyncing = loading || sources?.some(({ running }) => running) === true;
  return { sources, syncNow, isSyncing };
}

export type SyncSources = NonNullable<ReturnType<typeof useRegistrySync>['sources']>;
