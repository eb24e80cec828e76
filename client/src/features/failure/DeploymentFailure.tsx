import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowUp, IconKey, IconMapPin, IconReload } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { memoryWords } from '../catalogue/MachineOptions.tsx';
import { CredentialsDialog } from '../credentials/CredentialsDialog.tsx';
import { useIntent } from '../deployments/intent.ts';
import { RedeployDocument, StartDocument, UpdateDeploymentDocument } from '../deployments/intents.ts';

export const DeploymentFailureFragment = graphql(`
  fragment DeploymentFailure_deployment on Deployment {
    id
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
        regions
      }
    }
    currentRelease {
      id
      number
    }
    ...CredentialsDialog_deployment
  }
`);

type DeploymentFailureProps = {
  deployment: FragmentType<typeof DeploymentFailureFragment>;
};

/** Why it does not run, and the one click that most likely helps. */
export function DeploymentFailure(props: DeploymentFailureProps) {
  const deployment = readFragment(DeploymentFailureFragment, props.deployment);
  const [start, starting] = useIntent(StartDocument);
  const [redeploy, redeploying] = useIntent(RedeployDocument);
  const [update, updating] = useIntent(UpdateDeploymentDocument);
  const [editing, { open, close }] = useDisclosure(false);
  const { id, failure, status } = deployment;
  if (!failure) return null;

  const memoryMb = failure.proposal?.memoryMb ?? null;
  const regions = failure.proposal?.regions ?? [];
  const wantsCredential = failure.code === 'MISSING_CREDENTIAL' || failure.variables.length > 0;
  const isProposed = memoryMb !== null || regions.length > 0;
  // The old release still serves: trying again means another new release, not a start.
  const retry = () => void (status === 'FAILED' ? start({ id }) : redeploy({ input: { id } }));
  const retryButton = (primary: boolean) => (
    <Button
      key="retry"
      size="xs"
      variant={primary ? 'filled' : 'default'}
      leftSection={<IconReload size={14} />}
      loading={starting || redeploying}
      onClick={retry}
    >
      Try again
    </Button>
  );

  return (
    <>
      <FailureCard
        live
        failure={failure}
        ending={endingWords(failure)}
        tone={status === 'FAILED' ? 'red' : 'amber'}
        actions={
          <>
            {wantsCredential && (
              <Button size="xs" leftSection={<IconKey size={14} />} onClick={open}>
                {failure.variables.length > 0 ? `Add ${failure.variables.join(', ')}` : 'Edit credentials'}
              </Button>
            )}
            {memoryMb !== null && (
              <Button
                size="xs"
                leftSection={<IconArrowUp size={14} />}
                loading={updating}
                onClick={() => void update({ input: { id, memoryMb } })}
              >
                Deploy with {memoryWords(memoryMb)}
              </Button>
            )}
            {regions.map((region, index) => (
              <Button
                key={region}
                size="xs"
                variant={index === 0 ? 'filled' : 'default'}
                leftSection={<IconMapPin size={14} />}
                loading={updating}
                onClick={() => void update({ input: { id, region } })}
              >
                Deploy in {region}
              </Button>
            ))}
            {retryButton(!wantsCredential && !isProposed)}
          </>
        }
      />
      <CredentialsDialog deployment={deployment} opened={editing} onClose={close} wanted={failure.variables} />
    </>
  );
}

/** How its process ended, where that is why. */
const endingWords = ({ exitCode, signal }: { exitCode?: number | null; signal?: string | null }): string | null => {
  if (signal) return `ended by ${signal}`;
  return exitCode == null ? null : `exit code ${exitCode}`;
};
