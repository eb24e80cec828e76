import { ActionIcon, Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconPlayerPlay, IconPlayerStop, IconReload, IconRocket, IconTrash } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import { useIntent } from './intent.ts';
import { RedeployDocument, RestartDocument, StartDocument, StopDocument } from './intents.ts';

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
  const [restart, restarting] = useIntent(RestartDocument);
  const [redeploy, redeploying] = useIntent(RedeployDocument);
  const [confirming, { open, close }] = useDisclosure(false);
  const isLeaving = status === 'DELETING' || status === 'DELETED';
  const canStart = status === 'STOPPED' || status === 'FAILED' || status === 'ASLEEP';
  const isUp = status === 'RUNNING' || status === 'UNHEALTHY';
  const canStop = isUp || status === 'DEPLOYING' || status === 'ASLEEP' || status === 'FAILED';

  return (
    <>
      {canStart && (
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
      {isUp && (
        <Button
          variant="default"
          leftSection={<IconReload size={15} />}
          loading={restarting}
          onClick={() => void restart({ id })}
        >
          Restart
        </Button>
      )}
      {canStop && status !== 'ASLEEP' && status !== 'FAILED' && (
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
          <ActionIcon
            variant="default"
            size={36}
            aria-label={`More actions for ${name}`}
            loading={redeploying}
            disabled={isLeaving}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRocket size={15} />} onClick={() => void redeploy({ input: { id } })}>
            Deploy the newest version
          </Menu.Item>
          {(status === 'ASLEEP' || status === 'FAILED') && (
            <Menu.Item leftSection={<IconPlayerStop size={15} />} onClick={() => void stop({ id })}>
              Stop
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={open}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteDialog id={id} name={name} opened={confirming} onClose={close} />
    </>
  );
}
