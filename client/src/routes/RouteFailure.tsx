import { Button } from '@mantine/core';
import { useRouteError } from 'react-router';
import { FailureCard } from '../ui/feedback/FailureCard.tsx';
import { Page } from '../ui/layout/Page.tsx';

/** Shown when the code of a page did not load (a new version was deployed, or the network is down) or the page failed. */
export function RouteFailure() {
  const error = useRouteError();
  const message = error instanceof Error ? error.message : '';
  const isLoading = /dynamically imported module|module script|Importing a module/i.test(message);
  return (
    <Page title="Something went wrong" narrow>
      <FailureCard
        live
        failure={{
          code: isLoading ? 'PAGE_NOT_LOADED' : 'PAGE_FAILED',
          message: isLoading ? 'This page could not be loaded.' : 'This page failed because of a bug.',
          hint: isLoading ? 'Catwalk may have been updated, or cannot be reached. Reload the page.' : message,
        }}
        actions={<Button onClick={() => window.location.reload()}>Reload</Button>}
      />
    </Page>
  );
}
