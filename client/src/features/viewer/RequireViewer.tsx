import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { UNREACHABLE_MESSAGE } from '../../apollo/problem.ts';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { ViewerContext, ViewerDocument } from './viewer.ts';

/** Shows its routes to a signed-in viewer only; everyone else is sent to the sign-in page. */
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
        title={UNREACHABLE_MESSAGE}
        action={<Button onClick={() => void refetch()}>Retry</Button>}
      >
        Make sure Catwalk is running: start it with <code>npm start</code>.
      </EmptyState>
    );
  }
  return null;
}
