import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { ViewerContext, ViewerDocument } from './viewer.ts';

/** Lets only a signed-in viewer through; everyone else is told how to become one. */
export function RequireViewer() {
  const { data, error, refetch } = useQuery(ViewerDocument, { fetchPolicy: 'cache-first' });
  const location = useLocation();
  if (data?.viewer) {
    return (
      <ViewerContext value={data.viewer}>
        <Outlet />
      </ViewerContext>
    );
  }
  if (data)
    return <Navigate to="/sign-in" replace state={{ from: location.pathname + location.search + location.hash }} />;
  if (error) {
    return (
      <EmptyState
        icon={<IconPlugConnectedX size={20} />}
        whole
        title="The server does not answer."
        action={<Button onClick={() => void refetch()}>Try again</Button>}
      >
        Start it with <code>npm start</code>, then try again.
      </EmptyState>
    );
  }
  return null;
}
