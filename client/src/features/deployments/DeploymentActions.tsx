import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPlayerPlay, IconPlayerStop, IconReload, IconRocket, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { RedeployDialog } from '../releases/RedeployDialog.tsx';
import type { PendingIntent } from '../status/looks.ts';
import { canRestart, canStart, canStop, isAsleep, isDeleted, needsRetry } from '../status/status.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import classes from './DeploymentHeader.module.css';
import { StartDocument, StopDocument } from './intents.ts';
import { RestartDialog } from './RestartDialog.tsx';
import { useFocusFallback } from './use-focus-fallback.ts';
import { useIntent } from './use-intent.ts';

export const DeploymentActionsFragment = graphql(`
  fragment DeploymentActions_deployment on Deployment {
    id
    name
    isBundle
    status
    waking
    viewerRole
    ...RedeployDialog_deployment
  }
`);

type DeploymentActionsProps = {
  deployment: FragmentType<typeof DeploymentActionsFragment>;
  pending: PendingIntent | null;
};

/** The actions that a deployment accepts in its status: the likely ones as buttons, the others in the menu. */
export function DeploymentActions({ pending, ...props }: DeploymentActionsProps) {
  const deployment = readFragment(DeploymentActionsFragment, props.deployment);
  const { id, name, isBundle, status, waking, viewerRole } = deployment;
  const [stop] = useIntent(StopDocument);
  const [start] = useIntent(StartDocument);
  const [dialog, setDialog] = useState<'restart' | 'redeploy' | 'delete' | null>(null);
  const close = () => setDialog(null);
  const focus = useFocusFallback();
  const isLeaving = isDeleted(status) || pending === 'DELETE';
  const mayStay = !isLeaving && pending !== 'STOP';
  // The failure card has the remedies for a failed deployment; the menu offers them too.
  const inMenu = isAsleep(status) || needsRetry(status);

  return (
    <>
      <div className={classes.actions} {...focus.group}>
        {mayStay && canStart(status) && !needsRetry(status) && (
          <Button
            leftSection={<IconPlayerPlay size={15} />}
            loading={pending === 'START' || waking}
            onClick={() => void start({ id })}
          >
            {isAsleep(status) ? 'Wake' : 'Start'}
          </Button>
        )}
        {mayStay && canRestart(status) && !isBundle && (
          <Button
            variant="default"
            leftSection={<IconReload size={15} />}
            loading={pending === 'RESTART'}
            onClick={() => setDialog('restart')}
          >
            Restart
          </Button>
        )}
        {!isLeaving && canStop(status) && !inMenu && (
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={15} />}
            loading={pending === 'STOP'}
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
            {!isBundle && (
              <Menu.Item leftSection={<IconRocket size={15} />} onClick={() => setDialog('redeploy')}>
                Deploy the newest version…
              </Menu.Item>
            )}
            {pending === 'STOP' && (
              <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => void start({ id })}>
                Cancel stop
              </Menu.Item>
            )}
            {needsRetry(status) && (
              <Menu.Item leftSection={<IconReload size={15} />} onClick={() => void start({ id })}>
                Retry
              </Menu.Item>
            )}
            {inMenu && pending !== 'STOP' && (
              <Menu.Item leftSection={<IconPlayerStop size={15} />} onClick={() => void stop({ id })}>
                Stop
              </Menu.Item>
            )}
            {viewerRole === 'OWN' && (
              <>
                <Menu.Divider />
                <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setDialog('delete')}>
                  Delete…
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
      <RestartDialog id={id} name={name} opened={dialog === 'restart'} onClose={close} />
      <RedeployDialog deployment={deployment} opened={dialog === 'redeploy'} onClose={close} />
      <DeleteDialog id={id} name={name} opened={dialog === 'delete'} onClose={close} />
    </>
  );
}
