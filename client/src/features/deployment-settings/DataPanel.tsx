import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { formatBytes } from '../../ui/data/bytes.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useIntent } from '../deployments/use-intent.ts';
import classes from './Settings.module.css';

const DataPanelFragment = graphql(`
  fragment DataPanel_deployment on Deployment {
    id
    databaseId
    name
    status
    data {
      bytes
      limitBytes
    }
  }
`);

const ClearDataDocument = graphql(`
  mutation ClearData($id: ID!) {
    outcome: clearData(id: $id) {
      __typename
      ... on Deployment {
        id
        data {
          bytes
          limitBytes
        }
      }
      ...Problem_error
    }
  }
`);

/** The files that the deployment keeps over restarts and releases. */
export function DataPanel(props: { deployment: FragmentType<typeof DataPanelFragment> }) {
  const { id, databaseId, name, status, data } = readFragment(DataPanelFragment, props.deployment);
  const [opened, { open, close }] = useDisclosure(false);
  const [clear, loading] = useIntent(ClearDataDocument, { quiet: true });
  if (!data) return null;
  return (
    <Panel
      title="Data"
      description="The server’s HOME and working directory (/data) and the files it adds beside its code. They survive restarts and new releases, separately for each caller, and are deleted with the deployment."
    >
      <div className={classes.danger}>
        <span>
          {formatBytes(data.bytes)} of {formatBytes(data.limitBytes)} per caller
        </span>
        {status === 'STOPPED' ? (
          <div className={classes.buttons}>
            <Button
              component="a"
              variant="default"
              href={`/api/deployments/${databaseId}/data.tar.gz`}
              download
              leftSection={<IconDownload size={16} />}
            >
              Download
            </Button>
            <Button variant="default" disabled={data.bytes === 0} onClick={open}>
              Clear data…
            </Button>
          </div>
        ) : (
          <span className="muted small">Stop the deployment to download or clear its data.</span>
        )}
      </div>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        title={`Clear the data of ${name}?`}
        confirm="Clear data"
        working={loading}
        onConfirm={() => clear({ id })}
      >
        Every file that the server kept is deleted. You can’t undo this.
      </ConfirmDialog>
    </Panel>
  );
}
