import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { Page } from '../ui/layout/Page.tsx';

export const NotFoundPage = () => (
  <Page title="Not found">
    <EmptyState
      whole
      title="Page not found"
      action={
        <Button component={Link} to="/deployments" variant="default">
          Go to deployments
        </Button>
      }
    />
  </Page>
);
