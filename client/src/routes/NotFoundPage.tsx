import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { Page } from '../ui/layout/Page.tsx';

export const NotFoundPage = () => (
  <Page title="Not found">
    <EmptyState
      whole
      title="There is no such page."
      action={
        <Button component={Link} to="/deployments" variant="default">
          All deployments
        </Button>
      }
    />
  </Page>
);
