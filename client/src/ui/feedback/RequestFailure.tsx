import { Button } from '@mantine/core';
import { FailureCard } from './FailureCard.tsx';

type RequestFailureProps = { error: Error; onRetry?: () => void };

/** A request that did not come back, in words. The technical message stays available below. */
export function RequestFailure({ error, onRetry }: RequestFailureProps) {
  const unreachable = error instanceof TypeError || /fetch|network|socket/i.test(error.message);
  return (
    <FailureCard
      live
      failure={{
        code: unreachable ? 'UNREACHABLE' : 'REQUEST_FAILED',
        message: unreachable ? 'The server does not answer.' : error.message || 'The server could not answer this.',
        hint: unreachable
          ? 'Check that it runs. Nothing you typed is lost; try again when it is back.'
          : 'Try again. If it stays, the server’s log says more.',
      }}
      actions={
        onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    />
  );
}
