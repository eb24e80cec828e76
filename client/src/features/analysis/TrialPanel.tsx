import { useMutation, useSubscription } from '@apollo/client/react';
import { Button, Loader } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { AnalysisProgressDocument } from './analysis-query.ts';
import classes from './TrialPanel.module.css';
import { describeTrial } from './trial-result.ts';

export const TrialPanelFragment = graphql(`
  fragment TrialPanel_trial on Trial {
    databaseId
    status
    conclusion
    mode
    steps {
      message
      at
    }
    needs {
      anyOf {
        kind
        name
        flag
      }
    }
    tools {
      name
    }
    failure {
      message
      hint
    }
    stderrTail
  }
`);

const StartTrialDocument = graphql(`
  mutation StartTrial($input: StartTrialInput!) {
    startTrial(input: $input) {
      __typename
      ... on Analysis {
        id
        ...Analysis_analysis
      }
      ...Problem_error
    }
  }
`);

type TrialPanelProps = {
  analysisId: string;
  candidateKey: string;
  /** The name of the server, where the page has several. */
  serverName: string | null;
  /** The newest trial of this candidate. */
  trial: FragmentType<typeof TrialPanelFragment> | null;
  /** The user trusts a package that needs a confirmation. */
  accepted: boolean;
};

/** Starts the server without credentials, and shows what that taught. */
export function TrialPanel(props: TrialPanelProps) {
  const { analysisId, candidateKey, serverName, trial: masked, accepted } = props;
  const trial = masked === null ? null : readFragment(TrialPanelFragment, masked);
  const isRunning = trial?.status === 'RUNNING';
  const [start, { loading }] = useMutation(StartTrialDocument);
  const [problem, setProblem] = useState<UserProblem | null>(null);
  useSubscription(AnalysisProgressDocument, { variables: { id: analysisId }, skip: !isRunning, ignoreResults: true });
  const begin = async () => {
    const input = { analysisId, candidate: candidateKey, acceptUnverified: accepted };
    const outcome = await payloadOf('Analysis', async () => (await start({ variables: { input } })).data?.startTrial);
    setProblem(outcome.problem ?? null);
  };
  const result = trial && !isRunning ? describeTrial(trial) : null;
  const tail = trial && !isRunning && trial.failure ? trial.stderrTail : [];
  return (
    <Panel
      title="Try it first"
      label={serverName === null ? undefined : `Try ${serverName} first`}
      description="Catwalk starts the server on a machine of its own, with none of your values, and learns what it needs. It takes up to a minute after the installation."
      actions={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlayerPlay size={14} />}
          loading={loading || isRunning}
          onClick={() => void begin()}
        >
          {trial ? 'Start it again without credentials' : 'Start it without credentials'}
        </Button>
      }
    >
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.message} {problem.hint}
        </p>
      )}
      {isRunning && (
        <ul className={classes.steps} aria-label="Trial" aria-live="polite">
          {trial.steps.map(({ message, at }, index) => (
            <li key={`${at}:${message}`}>
              {index === trial.steps.length - 1 && <Loader size={12} mr={8} aria-hidden />}
              {message}
            </li>
          ))}
        </ul>
      )}
      {result && (
        <p className={classes.result} role="status">
          {result} {trial?.failure?.hint}
        </p>
      )}
      {tail.length > 0 && (
        <details>
          <summary>{tail.length === 1 ? 'Last log line' : `Last ${tail.length} log lines`}</summary>
          <pre>{tail.join('\n')}</pre>
        </details>
      )}
    </Panel>
  );
}
