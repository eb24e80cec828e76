import { Button } from '@mantine/core';
import { useRouteError } from 'react-router';
import { FailureCard } from '../ui/feedback/FailureCard.tsx';
import { Page } from '../ui/layout/Page.tsx';

/** A page's code did not arrive (a new version was deployed, or the network is gone), or the page itself failed. */
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
          message: isLoading ? 'This page could not be loaded.' : 'This page stopped because of a mistake in it.',
          hint: isLoading ? 'Catwalk may have been updated, or is not reachable. Load the page again.' : message,
        }}
        actions={<Button onClick={() => window.location.reload()}>Load again</Button>}
      />
    </Page>
  );
}
