import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { Panel } from '../../ui/layout/Panel.tsx';
import { DeleteDialog } from '../deployments/DeleteDialog.tsx';
import classes from './Settings.module.css';

/** Deletes the deployment. */
export function DangerPanel({ id, name }: { id: string; name: string }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Panel title="Danger zone" tone="danger">
      <div className={classes.danger}>
        <div>
          <strong>Delete this deployment</strong>
          <p className="muted small">
            The endpoint stops working for good, and everything that belongs to the deployment is deleted.
          </p>
        </div>
        <Button color="red.8" leftSection={<IconTrash size={15} />} onClick={open}>
          Delete…
        </Button>
      </div>
      <DeleteDialog id={id} name={name} opened={opened} onClose={close} />
    </Panel>
  );
}
