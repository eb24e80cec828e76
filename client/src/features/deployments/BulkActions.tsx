import { Button, CloseButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay, IconPlayerStop, IconTrash } from '@tabler/icons-react';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { canStart, canStop, isDeleted, type Status } from '../status/status.ts';
import classes from './BulkActions.module.css';
import { DeleteDocument, StartDocument, StopDocument } from './intents.ts';
import { countDeployments, useBulkIntent } from './use-bulk-intent.ts';

type Selected = { id: string; name: string; status: Status };
type BulkActionsProps = { selected: readonly Selected[]; onClear: () => void };

const NAMED_MAX = 5;

/** The actions for all selected deployments at once; each button shows how many of them accept it. */
export function BulkActions({ selected, onClear }: BulkActionsProps) {
  const { run, working } = useBulkIntent();
  const [confirming, { open, close }] = useDisclosure(false);
  const startable = selected.filter((one) => canStart(one.status));
  const stoppable = selected.filter((one) => canStop(one.status));
  const deletable = selected.filter((one) => !isDeleted(one.status));
  const unnamed = deletable.length - NAMED_MAX;

  return (
    <section className={classes.bar} aria-label="Selected deployments">
      <span role="status" className={classes.count}>
        {selected.length} selected
      </span>
      <div className={classes.buttons}>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlay size={14} />}
          disabled={working || startable.length === 0}
          onClick={() => void run(StartDocument, startable, 'Starting')}
        >
          Start {startable.length}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          disabled={working || stoppable.length === 0}
          onClick={() => void run(StopDocument, stoppable, 'Stopping')}
        >
          Stop {stoppable.length}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} />}
          disabled={working || deletable.length === 0}
          onClick={open}
        >
          Delete {deletable.length}…
        </Button>
        <CloseButton size="sm" aria-label="Clear selection" onClick={onClear} />
      </div>
      <ConfirmDialog
        opened={confirming}
        onClose={close}
        title={`Delete ${countDeployments(deletable.length)}?`}
        typed={`delete ${deletable.length}`}
        confirm="Delete"
        working={working}
        onConfirm={async () => {
          await run(DeleteDocument, deletable, 'Deleting');
          onClear();
          return null;
        }}
      >
        {deletable
          .slice(0, NAMED_MAX)
          .map((one) => one.name)
          .join(', ')}
        {unnamed > 0 && ` and ${unnamed} more`}: the endpoints stop working at once and for good. The machines with
        their files, tokens, credentials, releases and logs are deleted. This cannot be undone.
      </ConfirmDialog>
    </section>
  );
}
