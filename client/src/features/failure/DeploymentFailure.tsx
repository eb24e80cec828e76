import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowUp, IconKey, IconReload } from '@tabler/icons-react';
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
    memoryMb
    failure {
      code
      message
      hint
      retryable
      occurredAt
      stderrTail
      variables
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
  /** In MB, smallest first. */
  sizes: readonly number[];
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

  const nextSize = props.sizes.find((size) => size > deployment.memoryMb);
  const wantsCredential = failure.code === 'MISSING_CREDENTIAL' || failure.variables.length > 0;
  const wantsMemory = failure.code === 'OUT_OF_MEMORY' && nextSize !== undefined;
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
        tone={status === 'FAILED' ? 'red' : 'amber'}
        actions={
          <>
            {wantsCredential && (
              <Button size="xs" leftSection={<IconKey size={14} />} onClick={open}>
                {failure.variables.length > 0 ? `Add ${failure.variables.join(', ')}` : 'Edit credentials'}
              </Button>
            )}
            {wantsMemory && (
              <Button
                size="xs"
                leftSection={<IconArrowUp size={14} />}
                loading={updating}
                onClick={() => void update({ input: { id, memoryMb: nextSize } })}
              >
                Deploy with {memoryWords(nextSize)}
              </Button>
            )}
            {retryButton(!wantsCredential && !wantsMemory)}
          </>
        }
      />
      <CredentialsDialog deployment={deployment} opened={editing} onClose={close} wanted={failure.variables} />
    </>
  );
}
