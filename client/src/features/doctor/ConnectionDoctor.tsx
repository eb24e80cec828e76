import { useLazyQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { graphql } from '../../generated/index.ts';
import { RequestFailure } from '../../ui/feedback/RequestFailure.tsx';
import classes from './ConnectionDoctor.module.css';
import { DiagnosisSteps } from './DiagnosisSteps.tsx';

const DiagnoseDocument = graphql(`
  query Diagnose($deploymentId: ID!) {
    diagnose(deploymentId: $deploymentId) {
      key
      ...DiagnosisSteps_step
    }
  }
`);

/** Walks the endpoint as Claude would, at the press of a button, and shows how each step went. */
export function ConnectionDoctor({ deploymentId }: { deploymentId: string }) {
  const [diagnose, { data, loading, error }] = useLazyQuery(DiagnoseDocument, { fetchPolicy: 'no-cache' });
  const look = () => void diagnose({ variables: { deploymentId } });

  return (
    <div className={classes.doctor}>
      <div className={classes.ask}>
        <span>Does a client not connect? Walk the way that it takes, step by step.</span>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconStethoscope size={14} />}
          loading={loading}
          onClick={look}
        >
          Check connection
        </Button>
      </div>
      <div aria-live="polite">
        {error && !loading && <RequestFailure error={error} onRetry={look} />}
        {data && !loading && <DiagnosisSteps steps={data.diagnose} />}
      </div>
    </div>
  );
}
