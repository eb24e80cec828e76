import type { ApolloClient } from '@apollo/client';
import { createContext, use, useSyncExternalStore } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import type { TabStorage } from '../../drafts/tab-storage.ts';
import { graphql } from '../../generated/index.ts';
import { type CallState, type CallStore, createCallStore } from './call-store.ts';
import type { PlaygroundToken } from './held-session.ts';
import { createSavedRequests, type SavedRequest, type SavedRequests } from './saved-requests.ts';
import { loadSettings, saveSettings } from './session-settings.ts';
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

export type CallStores = {
  /** Returns the calls of a deployment's playground, which this tab keeps while other pages are open. */
  of: (databaseId: string) => CallStore;
  /** Returns the requests that the user saved in this browser. */
  savedOf: (databaseId: string) => SavedRequests;
};

type CallStoresDeps = {
  client: ApolloClient;
  /** Ends with the tab. */
  storage: TabStorage;
  /** Outlives the tab, and is shared by the tabs of a browser. */
  browserStorage: TabStorage;
  origin: string;
};

export function createCallStores({ client, storage, browserStorage, origin }: CallStoresDeps): CallStores {
  const stores = new Map<string, CallStore>();
  const saved = new Map<string, SavedRequests>();
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
      settings: loadSettings(storage, databaseId),
      onSettings: (settings) => saveSettings(storage, databaseId, settings),
    });
  return {
    of: (databaseId) => {
      const store = stores.get(databaseId) ?? create(databaseId);
      stores.set(databaseId, store);
      return store;
    },
    savedOf: (databaseId) => {
      const requests =
        saved.get(databaseId) ?? createSavedRequests(browserStorage, databaseId, () => crypto.randomUUID());
      saved.set(databaseId, requests);
      return requests;
    },
  };
}

export const CallStoresContext = createContext<CallStores | null>(null);

function useCallStores(): CallStores {
  const stores = use(CallStoresContext);
  if (!stores) throw new Error('No CallStoresContext above.');
  return stores;
}

export function useCalls(databaseId: string): CallState & Omit<CallStore, 'get' | 'subscribe'> {
  const { subscribe, get, ...actions } = useCallStores().of(databaseId);
  return { ...useSyncExternalStore(subscribe, get), ...actions };
}

export function useSavedRequests(
  databaseId: string,
): Pick<SavedRequests, 'save' | 'remove'> & { saved: readonly SavedRequest[] } {
  const { subscribe, get, save, remove } = useCallStores().savedOf(databaseId);
  return { saved: useSyncExternalStore(subscribe, get), save, remove };
}
