import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPlayerPlay, IconPlayerStop, IconReload, IconRocket, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { RedeployDialog } from '../releases/RedeployDialog.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { useIntent } from './intent.ts';
import { StartDocument, StopDocument } from './intents.ts';
import { RestartDialog } from './RestartDialog.tsx';
import { CAN_RESTART, CAN_START, CAN_STOP } from './status-groups.ts';

export const DeploymentActionsFragment = graphql(`
  fragment DeploymentActions_deployment on Deployment {
    id
    name
    status
    source
  }
`);

/** What can be done to a deployment in its present status: the likely thing as a button, the rest in the menu. */
export function DeploymentActions(props: { deployment: FragmentType<typeof DeploymentActionsFragment> }) {
  const { id, name, status } = readFragment(DeploymentActionsFragment, props.deployment);
  const [stop, stopping] = useIntent(StopDocument);
  const [start, starting] = useIntent(StartDocument);
  const [asked, setAsked] = useState<'restart' | 'redeploy' | 'delete' | null>(null);
  const close = () => setAsked(null);
  const isLeaving = status === 'DELETING' || status === 'DELETED';

  return (
    <>
      {CAN_START.has(status) && (
        <Button
          // The failure card has the likelier remedy.
          variant={status === 'FAILED' ? 'default' : 'filled'}
          leftSection={<IconPlayerPlay size={15} />}
          loading={starting}
          onClick={() => void start({ id })}
        >
          {status === 'FAILED' ? 'Try again' : status === 'ASLEEP' ? 'Wake' : 'Start'}
        </Button>
      )}
      {CAN_RESTART.has(status) && (
        <Button variant="default" leftSection={<IconReload size={15} />} onClick={() => setAsked('restart')}>
          Restart
        </Button>
      )}
      {CAN_STOP.has(status) && status !== 'ASLEEP' && status !== 'FAILED' && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={15} />}
          loading={stopping}
          onClick={() => void stop({ id })}
        >
          Stop
        </Button>
      )}
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={`More actions for ${name}`} disabled={isLeaving}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRocket size={15} />} onClick={() => setAsked('redeploy')}>
            Deploy the newest version…
          </Menu.Item>
          {(status === 'ASLEEP' || status === 'FAILED') && (
            <Menu.Item leftSection={<IconPlayerStop size={15} />} onClick={() => void stop({ id })}>
              Stop
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setAsked('delete')}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RestartDialog id={id} name={name} opened={asked === 'restart'} onClose={close} />
      <RedeployDialog id={id} name={name} opened={asked === 'redeploy'} onClose={close} />
      <DeleteDialog id={id} name={name} opened={asked === 'delete'} onClose={close} />
    </>
  );
}
