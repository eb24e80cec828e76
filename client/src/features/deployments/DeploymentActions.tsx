import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPlayerPlay, IconPlayerStop, IconReload, IconRocket, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import type { AskedFor } from '../../ui/data/status.ts';
import { RedeployDialog } from '../releases/RedeployDialog.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import classes from './DeploymentHeader.module.css';
import { useIntent } from './intent.ts';
import { StartDocument, StopDocument } from './intents.ts';
import { useKeptFocus } from './kept-focus.ts';
import { RestartDialog } from './RestartDialog.tsx';
import { CAN_RESTART, CAN_START, CAN_STOP } from './status-groups.ts';

export const DeploymentActionsFragment = graphql(`
  fragment DeploymentActions_deployment on Deployment {
    id
    name
    status
    waking
    source
  }
`);

type DeploymentActionsProps = {
  deployment: FragmentType<typeof DeploymentActionsFragment>;
  /** What was asked of it and has not happened yet. */
  asked: AskedFor | null;
};

/** What can be done to a deployment in its present status: the likely thing as a button, the rest in the menu. */
export function DeploymentActions({ asked, ...props }: DeploymentActionsProps) {
  const { id, name, status, waking } = readFragment(DeploymentActionsFragment, props.deployment);
  const [stop] = useIntent(StopDocument);
  const [start] = useIntent(StartDocument);
  const [dialog, setDialog] = useState<'restart' | 'redeploy' | 'delete' | null>(null);
  const close = () => setDialog(null);
  const focus = useKeptFocus();
  const isLeaving = status === 'DELETING' || status === 'DELETED' || asked === 'DELETE';
  const mayStay = !isLeaving && asked !== 'STOP';
  // Of one that failed the failure card has the remedies; those stand in the menu too.
  const inMenu = status === 'ASLEEP' || status === 'FAILED';

  return (
    <>
      <div className={classes.actions} {...focus.group}>
        {mayStay && CAN_START.has(status) && status !== 'FAILED' && (
          <Button
            leftSection={<IconPlayerPlay size={15} />}
            loading={asked === 'START' || waking}
            onClick={() => void start({ id })}
          >
            {status === 'ASLEEP' ? 'Wake' : 'Start'}
          </Button>
        )}
        {mayStay && CAN_RESTART.has(status) && (
          <Button
            variant="default"
            leftSection={<IconReload size={15} />}
            loading={asked === 'RESTART'}
            onClick={() => setDialog('restart')}
          >
            Restart
          </Button>
        )}
        {!isLeaving && CAN_STOP.has(status) && !inMenu && (
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={15} />}
            loading={asked === 'STOP'}
            onClick={() => void stop({ id })}
          >
            Stop
          </Button>
        )}
        <Menu>
          <Menu.Target>
            <ActionIcon
              ref={focus.anchor}
              variant="default"
              size={36}
              aria-label={`More actions for ${name}`}
              disabled={isLeaving}
            >
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconRocket size={15} />} onClick={() => setDialog('redeploy')}>
              Deploy the newest version…
            </Menu.Item>
            {asked === 'STOP' && (
              <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => void start({ id })}>
                Do not stop it
              </Menu.Item>
            )}
            {status === 'FAILED' && (
              <Menu.Item leftSection={<IconReload size={15} />} onClick={() => void start({ id })}>
                Try again
              </Menu.Item>
            )}
            {inMenu && asked !== 'STOP' && (
              <Menu.Item leftSection={<IconPlayerStop size={15} />} onClick={() => void stop({ id })}>
                Stop
              </Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setDialog('delete')}>
              Delete…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <RestartDialog id={id} name={name} opened={dialog === 'restart'} onClose={close} />
      <RedeployDialog id={id} name={name} opened={dialog === 'redeploy'} onClose={close} />
      <DeleteDialog id={id} name={name} opened={dialog === 'delete'} onClose={close} />
    </>
  );
}
