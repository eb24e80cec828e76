import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTerminal2 } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { ArgumentsDialog } from './ArgumentsDialog.tsx';
import classes from './Settings.module.css';

export const ArgumentsPanelFragment = graphql(`
  fragment ArgumentsPanel_deployment on Deployment {
    id
    argumentValues {
      name
      value
    }
    extraArguments
    ...ArgumentsDialog_deployment
  }
`);

/** The arguments with which the server starts, secrets hidden, and the button to edit them. */
export function ArgumentsPanel(props: { deployment: FragmentType<typeof ArgumentsPanelFragment> }) {
  const deployment = readFragment(ArgumentsPanelFragment, props.deployment);
  const [opened, { open, close }] = useDisclosure(false);
  const set = [
    ...deployment.argumentValues.map(({ name, value }) => `${name} = ${value}`),
    ...deployment.extraArguments,
  ].map((text, at) => ({ key: `${at} ${text}`, text })); // the same word may occur twice
  return (
    <Panel
      title="Arguments"
      description="The server starts with these, in this order. Secrets are hidden."
      actions={
        <Button variant="default" size="xs" leftSection={<IconTerminal2 size={14} />} onClick={open}>
          Edit arguments
        </Button>
      }
    >
      {set.length === 0 ? (
        <span className="muted">None</span>
      ) : (
        <ul className={classes.names}>
          {set.map(({ key, text }) => (
            <li key={key}>
              <code>{text}</code>
            </li>
          ))}
        </ul>
      )}
      <ArgumentsDialog deployment={deployment} opened={opened} onClose={close} />
    </Panel>
  );
}
