import { Button } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconFlask, IconHelpCircle } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import classes from './CredentialTest.module.css';
import { useTestCredentials } from './test-credentials.ts';

export const CredentialTestFragment = graphql(`
  fragment CredentialTest_deployment on Deployment {
    id
    credentialTest {
      at
      outcome
      tool
      message
    }
  }
`);

type CredentialTestProps = { deployment: FragmentType<typeof CredentialTestFragment>; canTest: boolean };

const ICONS = { PASSED: IconCircleCheck, FAILED: IconCircleX, UNTESTABLE: IconHelpCircle } as const;

/** Tests credentials by one harmless call, and shows what the last test found. */
export function CredentialTest({ deployment: masked, canTest }: CredentialTestProps) {
  const { id, credentialTest: last } = readFragment(CredentialTestFragment, masked);
  const { test, testing } = useTestCredentials(id);
  const OutcomeIcon = last ? ICONS[last.outcome] : null;
  return (
    <div className={classes.test}>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconFlask size={14} />}
        loading={testing}
        disabled={!canTest}
        onClick={() => void test()}
      >
        Test
      </Button>
      <p className={classes.words} role="status" data-outcome={last?.outcome}>
        {last && OutcomeIcon ? (
          <>
            <OutcomeIcon size={15} aria-hidden />
            <span>
              {last.message} <Ago at={last.at} />
            </span>
          </>
        ) : (
          <span>
            {canTest
              ? 'Not tested. A test calls one tool that the server marks as read-only and that needs no arguments.'
              : 'Start the deployment to test its credentials.'}
          </span>
        )}
      </p>
    </div>
  );
}
