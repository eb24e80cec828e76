import { Button } from '@mantine/core';
import { FailureCard } from '../ui/feedback/FailureCard.tsx';
import { requestProblem } from './problem.ts';

type RequestFailureProps = { error: Error; onRetry?: () => void };

/** Shows a query that failed, and how to run it again. */
export const RequestFailure = ({ error, onRetry }: RequestFailureProps) => (
  <FailureCard
    live
    failure={requestProblem(error)}
    actions={
      onRetry && (
        <Button size="xs" variant="default" onClick={onRetry}>
          Retry
        </Button>
      )
    }
  />
);
