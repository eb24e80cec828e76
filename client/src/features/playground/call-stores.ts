import type { ApolloClient } from '@apollo/client';
import { createContext, use, useSyncExternalStore } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import type { TabStorage } from '../../drafts/tab-storage.ts';
import { graphql } from '../../generated/index.ts';
import { type CallState, type CallStore, createCallStore } from './call-store.ts';
import type { PlaygroundToken } from './held-session.ts';
import { loadCalls, saveCalls } from './stored-calls.ts';

const CreatePlaygroundTokenDocument = graphql(`
  mutation CreatePlaygroundToken($deploymentId: ID!) {
    createPlaygroundToken(deploymentId: $deploymentId) {
      __typename
      ... on PlaygroundToken {
        token
        expiresAt
      }
      ...Problem_error
    }
  }
`);

/** Returns the calls of a deployment's playground, which this tab keeps while other pages are open. */
export type CallStores = { of: (databaseId: string) => CallStore };

export function createCallStores(client: ApolloClient, storage: TabStorage, origin: string): CallStores {
  const stores = new Map<string, CallStore>();
  const createToken = async (deploymentId: string): Promise<PlaygroundToken> => {
    const outcome = await payloadOf('PlaygroundToken', async () => {
      const mutation = CreatePlaygroundTokenDocument;
      const { data } = await client.mutate({ mutation, variables: { deploymentId }, fetchPolicy: 'no-cache' });
      return data?.createPlaygroundToken;
    });
    if (outcome.problem) throw new Error(outcome.problem.message);
    return outcome.payload;
  };
  const create = (databaseId: string): CallStore =>
    createCallStore({
      createToken,
      connect: async (options) => (await import('./session.ts')).openSession(options),
      origin,
      now: () => performance.timeOrigin + performance.now(),
      restored: loadCalls(storage, databaseId),
      onFinished: (calls) => saveCalls(storage, databaseId, calls),
    });
  return {
    of: (databaseId) => {
      const store = stores.get(databaseId) ?? create(databaseId);
      stores.set(databaseId, store);
      return store;
    },
  };
}

export const CallStoresContext = createContext<CallStores | null>(null);

export function useCalls(databaseId: string): CallState & Pick<CallStore, 'call' | 'cancel' | 'refresh'> {
  const stores = use(CallStoresContext);
  if (!stores) throw new Error('No CallStoresContext above.');
  const { subscribe, get, call, cancel, refresh } = stores.of(databaseId);
  return { ...useSyncExternalStore(subscribe, get), call, cancel, refresh };
}
