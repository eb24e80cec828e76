import { useApolloClient } from '@apollo/client/react';
import { requestProblem } from '../../apollo/problem.ts';
import { createTabStorage } from '../../drafts/tab-storage.ts';

const SIGN_OUT_TIMEOUT_MS = 10_000;

/** Ends the session and reloads the page, which leaves nothing of the session in memory. */
export function useSignOut(): () => Promise<void> {
  const client = useApolloClient();
  return async () => {
    try {
      const response = await fetch('/api/auth/sign-out', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
        signal: AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`The server returned status ${response.status}.`);
      client.stop();
      for (const storage of [window.sessionStorage, window.localStorage]) createTabStorage(storage).clear();
      location.assign('/sign-in');
    } catch (error) {
      const { notifications } = await import('@mantine/notifications');
      notifications.show({
        color: 'red',
        title: 'Could not sign out. You are still signed in.',
        message: requestProblem(error).message,
      });
    }
  };
}
