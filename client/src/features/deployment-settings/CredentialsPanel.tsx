import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey } from '@tabler/icons-react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { keysPath } from '../../navigation/pages.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { CredentialsDialog } from '../credentials/CredentialsDialog.tsx';
import { CredentialTest } from '../credentials/CredentialTest.tsx';
import { canServe } from '../status/status.ts';
import classes from './Settings.module.css';

export const CredentialsPanelFragment = graphql(`
  fragment CredentialsPanel_deployment on Deployment {
    id
    databaseId
    status
    credentialsSet
    personalFields
    argumentFields {
      name
    }
    ...CredentialsDialog_deployment
    ...CredentialTest_deployment
  }
`);

/** The names of the variables that are set, and the button to edit them. */
export function CredentialsPanel(props: { deployment: FragmentType<typeof CredentialsPanelFragment> }) {
  const deployment = readFragment(CredentialsPanelFragment, props.deployment);
  const [opened, { open, close }] = useDisclosure(false);
  const set = deployment.credentialsSet.filter((one) => deployment.argumentFields.every(({ name }) => name !== one));
  return (
    <Panel
      title="Credentials"
      description="Encrypted, and never shown again. Changing them deploys a new release."
      actions={
        <Button variant="default" size="xs" leftSection={<IconKey size={14} />} onClick={open}>
          Edit credentials
        </Button>
      }
    >
      {set.length === 0 ? (
        <span className="muted">None</span>
      ) : (
        <ul className={classes.names}>
          {set.map((one) => (
            <li key={one}>
              <code>{one}</code>
            </li>
          ))}
        </ul>
      )}
      {deployment.personalFields.length > 0 && (
        <p className={classes.personal}>
          Each person enters {deployment.personalFields.join(', ')}.{' '}
          <Link className="link" to={keysPath(deployment.databaseId)}>
            Your keys
          </Link>
        </p>
      )}
      {set.length > 0 && <CredentialTest deployment={deployment} canTest={canServe(deployment.status)} />}
      <CredentialsDialog deployment={deployment} opened={opened} onClose={close} />
    </Panel>
  );
}
