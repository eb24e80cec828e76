import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.css';
import 'virtual:theme-variables.css';
import './ui/theme/base.css';
import { ApolloProvider } from '@apollo/client/react';
import { MantineProvider } from '@mantine/core';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { createApolloClient } from './apollo/client.ts';
import { createConnectionStore } from './apollo/connection.ts';
import { ConnectionContext } from './apollo/context.ts';
import { createDraftStore, DraftStoreContext } from './drafts/draft-store.ts';
import { createTabStorage } from './drafts/tab-storage.ts';
import { createPastedStore, PastedTextContext } from './features/deploy/pasted-text.ts';
import { createDelayedActions } from './features/deployments/delayed-actions.ts';
import { createPendingIntentStore, PendingIntentsContext } from './features/deployments/pending-intents.ts';
import { DelayedActionsContext } from './features/deployments/use-bulk-intent.tsx';
import { CallStoresContext, createCallStores } from './features/playground/call-stores.ts';
import { FreshTokensProvider } from './features/tokens/FreshTokensProvider.tsx';
import { ViewerDocument } from './features/viewer/viewer.ts';
import { createRouter } from './router.tsx';
import { theme } from './ui/theme/theme.ts';

/** Loaded late: no toast appears before the first page is there. */
const Toasts = lazy(() => import('./ui/feedback/Toasts.tsx'));

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');

const connection = createConnectionStore();
const client = createApolloClient({
  origin: location.origin,
  connection,
  onSignedOut: () => client.cache.writeQuery({ query: ViewerDocument, data: { viewer: null } }),
});
const router = createRouter();
const pasted = createPastedStore();
const pendingIntents = createPendingIntentStore();
const storage = createTabStorage(window.sessionStorage);
const drafts = createDraftStore(storage);
const browserStorage = createTabStorage(window.localStorage);
const callStores = createCallStores({ client, storage, browserStorage, origin: location.origin });
const delayedActions = createDelayedActions();
// The tab may never come back: actions that can still be undone run now.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) delayedActions.flush();
});
addEventListener('pagehide', delayedActions.flush);

createRoot(root).render(
  <StrictMode>
    {/* The theme's variables are a stylesheet of their own, and no <style> element is ever written: see vite.config.ts. */}
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <ApolloProvider client={client}>
        <ConnectionContext value={connection}>
          <PastedTextContext value={pasted}>
            <PendingIntentsContext value={pendingIntents}>
              <DraftStoreContext value={drafts}>
                <CallStoresContext value={callStores}>
                  <DelayedActionsContext value={delayedActions}>
                    <FreshTokensProvider>
                      <RouterProvider router={router} />
                      <Suspense fallback={null}>
                        <Toasts />
                      </Suspense>
                    </FreshTokensProvider>
                  </DelayedActionsContext>
                </CallStoresContext>
              </DraftStoreContext>
            </PendingIntentsContext>
          </PastedTextContext>
        </ConnectionContext>
      </ApolloProvider>
    </MantineProvider>
  </StrictMode>,
);
