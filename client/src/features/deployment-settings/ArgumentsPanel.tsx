import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTerminal2 } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Panel } from '../../ui/Panel.tsx';
import { ArgumentsDialog } from './ArgumentsDialog.tsx';
import classes from './Settings.module.css';

export const ArgumentsPanelFragment = graphql(`
  fragment ArgumentsPanel_deployment on Deployment {
    id
    credentialsSet
    argumentFields {
      name
      ...ArgumentInput_field
    }
    ...ArgumentsDialog_deployment
  }
`);

/** What the server is started with: the names that are set, and the way to give others. */
export function ArgumentsPanel(props: { deployment: FragmentType<typeof ArgumentsPanelFragment> }) {
  const deployment = readFragment(ArgumentsPanelFragment, props.deployment);
  const [opened, { open, close }] = useDisclosure(false);
  const set = deployment.argumentFields.filter(({ name }) => deployment.credentialsSet.includes(name));
  return (
    <Panel
      title="Arguments"
      description="What the server is started with. Values may be secrets: they are encrypted and never shown."
      actions={
        <Button variant="default" size="xs" leftSection={<IconTerminal2 size={14} />} onClick={open}>
          Change arguments
        </Button>
      }
    >
      {set.length === 0 ? (
        <span className="muted">None is set by name.</span>
      ) : (
        <ul className={classes.names}>
          {set.map(({ name }) => (
            <li key={name}>
              <code>{name}</code>
            </li>
          ))}
        </ul>
      )}
      <ArgumentsDialog deployment={deployment} opened={opened} onClose={close} />
    </Panel>
  );
}
