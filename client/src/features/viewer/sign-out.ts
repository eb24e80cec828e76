import { useApolloClient } from '@apollo/client/react';

const SIGN_OUT_TIMEOUT_MS = 10_000;

/** Ends the session and leaves nothing of it in memory: the page is loaded afresh. */
export function useSignOut(): () => Promise<void> {
  const client = useApolloClient();
  return async () => {
    try {
      const answer = await fetch('/api/auth/sign-out', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
        signal: AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS),
      });
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      client.stop();
      location.assign('/sign-in');
    } catch (error) {
      const { notifications } = await import('@mantine/notifications');
      notifications.show({
        color: 'red',
        title: 'You are still signed in.',
        message: error instanceof Error ? error.message : 'The server does not answer.',
      });
    }
  };
}
