import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { UNREACHABLE_MESSAGE } from '../../apollo/problem.ts';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { rememberReturn } from './remember-return.ts';
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
  if (data) return <SignInFirst path={location.pathname + location.search} hash={location.hash} />;
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

/** Goes to the sign-in page, which leads back here by either way of signing in. */
function SignInFirst({ path, hash }: { path: string; hash: string }) {
  useEffect(() => rememberReturn(path), [path]);
  return <Navigate to="/sign-in" replace state={{ from: path + hash }} />;
}
