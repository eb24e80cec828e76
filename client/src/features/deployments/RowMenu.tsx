import { useQuery } from '@apollo/client/react';
import { ActionIcon, Menu } from '@mantine/core';
import {
  IconActivity,
  IconDots,
  IconFlask,
  IconPlayerPlay,
  IconPlayerStop,
  IconReload,
  IconRocket,
  IconSettings,
  IconStack2,
  IconTag,
  IconTerminal2,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { graphql } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { RedeployDialog } from '../releases/RedeployDialog.tsx';
import { canRestart, canStart, canStop, isDeleted, type Status } from '../status/status.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import classes from './DeploymentRow.module.css';
import { StartDocument, StopDocument } from './intents.ts';
import { RestartDialog } from './RestartDialog.tsx';
import { TagsDialog } from './TagsDialog.tsx';
import { useIntent } from './use-intent.ts';

const RowRedeployDocument = graphql(`
  query RowRedeploy($id: ID!) {
    deployment(id: $id) {
      id
      ...RedeployDialog_deployment
    }
  }
`);

type MenuDeployment = {
  id: string;
  databaseId: string;
  name: string;
  status: Status;
  tags: readonly string[];
  isBundle: boolean;
  viewerRole?: string | null;
};

type Dialog = 'restart' | 'redeploy' | 'tags' | 'delete';

/** The actions and tabs of one row. It is a plain button until it is used: a list has a thousand of these. */
export function RowMenu({ deployment }: { deployment: MenuDeployment }) {
  const [opened, setOpened] = useState(false);
  const [isMounted, setMounted] = useState(false);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  // A dialog stays in the page while it closes.
  const [used, setUsed] = useState(false);
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={28}
      aria-haspopup="menu"
      aria-label={`Actions for ${deployment.name}`}
      {...(isMounted
        ? {}
        : {
            onClick: () => {
              setMounted(true);
              setOpened(true);
            },
          })}
    >
      <IconDots size={16} />
    </ActionIcon>
  );
  if (!isMounted) return <div className={classes.menu}>{button}</div>;
  return (
    <div className={classes.menu}>
      <Menu opened={opened} onChange={setOpened} position="bottom-end">
        <Menu.Target>{button}</Menu.Target>
        <Menu.Dropdown>
          {opened && (
            <RowMenuItems
              deployment={deployment}
              onDialog={(next) => {
                setUsed(true);
                setDialog(next);
              }}
            />
          )}
        </Menu.Dropdown>
      </Menu>
      {used && <RowDialogs deployment={deployment} dialog={dialog} onClose={() => setDialog(null)} />}
    </div>
  );
}

function RowMenuItems({ deployment, onDialog }: { deployment: MenuDeployment; onDialog: (dialog: Dialog) => void }) {
  const { id, databaseId, status, viewerRole, isBundle } = deployment;
  const [start] = useIntent(StartDocument);
  const [stop] = useIntent(StopDocument);
  const isOwner = viewerRole === 'OWN';
  const tab = (path: string, label: string, icon: React.ReactNode) => (
    <Menu.Item component={Link} to={deploymentPath(databaseId, path)} leftSection={icon}>
      {label}
    </Menu.Item>
  );
  return (
    <>
      {isBundle
        ? tab('members', 'Members', <IconStack2 size={15} />)
        : tab('logs', 'Logs', <IconTerminal2 size={15} />)}
      {tab('calls', 'Calls', <IconActivity size={15} />)}
      {tab('playground', 'Playground', <IconFlask size={15} />)}
      {isOwner && tab('settings', 'Settings', <IconSettings size={15} />)}
      <Menu.Divider />
      {canStart(status) && (
        <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => void start({ id })}>
          Start
        </Menu.Item>
      )}
      {canStop(status) && (
        <Menu.Item leftSection={<IconPlayerStop size={15} />} onClick={() => void stop({ id })}>
          Stop
        </Menu.Item>
      )}
      {canRestart(status) && !isBundle && (
        <Menu.Item leftSection={<IconReload size={15} />} onClick={() => onDialog('restart')}>
          Restart…
        </Menu.Item>
      )}
      {!isBundle && (
        <Menu.Item leftSection={<IconRocket size={15} />} onClick={() => onDialog('redeploy')}>
          Deploy the newest version…
        </Menu.Item>
      )}
      {isOwner && (
        <Menu.Item leftSection={<IconTag size={15} />} onClick={() => onDialog('tags')}>
          Tags…
        </Menu.Item>
      )}
      {isOwner && !isDeleted(status) && (
        <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => onDialog('delete')}>
          Delete…
        </Menu.Item>
      )}
    </>
  );
}

type RowDialogsProps = { deployment: MenuDeployment; dialog: Dialog | null; onClose: () => void };

function RowDialogs({ deployment, dialog, onClose }: RowDialogsProps) {
  const { id, databaseId, name } = deployment;
  const { data } = useQuery(RowRedeployDocument, { variables: { id: databaseId }, skip: dialog !== 'redeploy' });
  return (
    <>
      <RestartDialog id={id} name={name} opened={dialog === 'restart'} onClose={onClose} />
      {data?.deployment && (
        <RedeployDialog deployment={data.deployment} opened={dialog === 'redeploy'} onClose={onClose} />
      )}
      <TagsDialog rows={[deployment]} opened={dialog === 'tags'} onClose={onClose} />
      <DeleteDialog id={id} name={name} opened={dialog === 'delete'} onClose={onClose} />
    </>
  );
}
