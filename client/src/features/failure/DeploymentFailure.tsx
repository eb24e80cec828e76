import { useState } from 'react';
import { useNavigate } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { newPath, pagePath } from '../../navigation/pages.ts';
import { FailureCard } from '../../ui/feedback/FailureCard.tsx';
import { CredentialsDialog } from '../credentials/CredentialsDialog.tsx';
import { ArgumentsDialog } from '../deployment-settings/ArgumentsDialog.tsx';
import { RedeployDocument, StartDocument, UpdateDeploymentDocument } from '../deployments/intents.ts';
import { RestartDialog } from '../deployments/RestartDialog.tsx';
import { useIntent } from '../deployments/use-intent.ts';
import { RollbackDialog } from '../releases/RollbackDialog.tsx';
import { ConnectDialog } from '../remote/ConnectDialog.tsx';
import { canStart, needsRetry } from '../status/status.ts';
import { MissingFields, useMissing } from './MissingFields.tsx';
import { useOlderRelease } from './older-release.ts';
import { RemedyButton } from './RemedyButton.tsx';
import { type Remedy, remediesOf } from './remedies.ts';

export const DeploymentFailureFragment = graphql(`
  fragment DeploymentFailure_deployment on Deployment {
    id
    databaseId
    name
    source
    status
    failure {
      code
      message
      hint
      retryable
      occurredAt
      stderrTail
      variables
      exitCode
      signal
      proposal {
        memoryMb
        processor
        regions
      }
    }
    targetRelease {
      id
      number
    }
    ...MissingFields_deployment
    ...CredentialsDialog_deployment
    ...ArgumentsDialog_deployment
  }
`);

type DeploymentFailureProps = {
  deployment: FragmentType<typeof DeploymentFailureFragment>;
};

/** Shows why a deployment does not run, and the actions that most likely help. */
export function DeploymentFailure(props: DeploymentFailureProps) {
  const deployment = readFragment(DeploymentFailureFragment, props.deployment);
  const { id, databaseId, name, failure, status } = deployment;
  const [start, starting] = useIntent(StartDocument);
  const [redeploy, redeploying] = useIntent(RedeployDocument);
  const [update, updating] = useIntent(UpdateDeploymentDocument);
  const [dialog, setDialog] = useState<Remedy['kind'] | null>(null);
  const navigate = useNavigate();
  const older = useOlderRelease(databaseId, failure ? (deployment.targetRelease?.number ?? null) : null);
  const close = () => setDialog(null);
  const missing = useMissing(deployment);
  const isAsking = missing.needs.length > 0 || missing.modes.length > 0;
  if (!failure) return null;

  const take = (remedy: Remedy): void => {
    switch (remedy.kind) {
      case 'memory':
        return void update({ input: { id, memoryMb: remedy.memoryMb } });
      case 'processor':
        return void update({ input: { id, processor: remedy.processor } });
      case 'region':
        return void update({ input: { id, region: remedy.region } });
      case 'keys':
        return void navigate(pagePath('settings'));
      case 'analyze':
        return void navigate(newPath({ source: deployment.source }));
      case 'retry':
        // While the old release serves, a retry means another new release, not a start.
        return void (canStart(status) ? start({ id }) : redeploy({ input: { id } }));
      default:
        setDialog(remedy.kind);
    }
  };
  const isWorking = ({ kind }: Remedy): boolean =>
    kind === 'retry' ? starting || redeploying : (kind === 'memory' || kind === 'region') && updating;

  return (
    <>
      <FailureCard
        live
        failure={failure}
        ending={formatExit(failure)}
        tone={needsRetry(status) ? 'red' : 'amber'}
        actions={remediesOf(failure, status, older !== null)
          .filter(({ kind }) => !(isAsking && kind === 'credentials'))
          .map((remedy, index) => (
            <RemedyButton
              key={remedy.kind === 'region' ? remedy.region : remedy.kind}
              remedy={remedy}
              primary={index === 0 && !isAsking}
              working={isWorking(remedy)}
              onTake={take}
            />
          ))}
      >
        {isAsking && <MissingFields key={failure.occurredAt} deployment={deployment} />}
      </FailureCard>
      <CredentialsDialog
        deployment={deployment}
        opened={dialog === 'credentials'}
        onClose={close}
        missing={failure.variables}
      />
      <ConnectDialog deploymentId={id} opened={dialog === 'connect'} onClose={close} />
      <ArgumentsDialog deployment={deployment} opened={dialog === 'arguments'} onClose={close} />
      <RollbackDialog deploymentId={id} release={dialog === 'rollback' ? older : null} onClose={close} />
      <RestartDialog id={id} name={name} opened={dialog === 'restart'} onClose={close} />
    </>
  );
}

/** Tells how the process ended, when that is the failure. */
const formatExit = ({ exitCode, signal }: { exitCode?: number | null; signal?: string | null }): string | null => {
  if (signal) return `killed by ${signal}`;
  return exitCode == null ? null : `exit code ${exitCode}`;
};
