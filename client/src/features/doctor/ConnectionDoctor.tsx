import { useLazyQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { graphql } from '../../generated/index.ts';
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

/** Tests the endpoint step by step as a client would, and shows the result of each step. */
export function ConnectionDoctor({ deploymentId }: { deploymentId: string }) {
  const [diagnose, { data, loading, error }] = useLazyQuery(DiagnoseDocument, { fetchPolicy: 'no-cache' });
  const test = () => void diagnose({ variables: { deploymentId } });

  return (
    <div className={classes.doctor}>
      <div className={classes.ask}>
        <span>Client won’t connect? Test the endpoint step by step.</span>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconStethoscope size={14} />}
          loading={loading}
          onClick={test}
        >
          Test connection
        </Button>
      </div>
      <div aria-live="polite">
        {error && !loading && <RequestFailure error={error} onRetry={test} />}
        {data && !loading && <DiagnosisSteps steps={data.diagnose} />}
      </div>
    </div>
  );
}
