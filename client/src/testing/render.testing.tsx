import { ApolloClient, ApolloLink } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { Observable } from 'rxjs';
import { createCache } from '../apollo/cache.ts';
import { createDraftStore, DraftStoreContext } from '../drafts/draft-store.ts';
import { createTabStorage } from '../drafts/tab-storage.ts';
import { createPendingIntentStore, PendingIntentsContext } from '../features/deployments/pending-intents.ts';
import { theme } from '../ui/theme/theme.ts';

type Request = { name: string; variables: Record<string, unknown> };
type RenderOptions = {
  /** Returns the data of each operation, as the server would. */
  respond?: (request: Request) => Record<string, unknown>;
  /** Shared by two renders, it stands for the same tab. */
  drafts?: ReturnType<typeof createDraftStore>;
};

/** Renders a component with the providers of the dashboard, on an empty tab and a scripted server. */
export function renderPage(children: ReactNode, { respond = () => ({}), drafts }: RenderOptions = {}) {
  const requests: Request[] = [];
  const link = new ApolloLink(({ operationName, variables }) => {
    const request = { name: operationName ?? '', variables };
    requests.push(request);
    return new Observable((observer) => {
      observer.next({ data: respond(request) });
      observer.complete();
    });
  });
  const client = new ApolloClient({ cache: createCache(), link });
  const router = createMemoryRouter([{ path: '*', element: children }]);
  const view = render(
    <MantineProvider theme={theme} env="test">
      <ApolloProvider client={client}>
        <PendingIntentsContext value={createPendingIntentStore()}>
          <DraftStoreContext value={drafts ?? createDraftStore(createTabStorage(null))}>
            <RouterProvider router={router} />
          </DraftStoreContext>
        </PendingIntentsContext>
      </ApolloProvider>
    </MantineProvider>,
  );
  return { ...view, requests, router, user: userEvent.setup() };
}
