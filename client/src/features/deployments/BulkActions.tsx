import { Button, CloseButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay, IconPlayerStop, IconTrash } from '@tabler/icons-react';
import type { Status } from '../../ui/data/status.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import classes from './BulkActions.module.css';
import { countWords, useBulk } from './bulk.ts';
import { DeleteDocument, StartDocument, StopDocument } from './intents.ts';
import { CAN_START, CAN_STOP } from './status-groups.ts';

type Chosen = { id: string; name: string; status: Status };
type BulkActionsProps = { chosen: readonly Chosen[]; onClear: () => void };

const NAMED_MAX = 5;

/** What can be done to all chosen deployments at once; each button says to how many of them. */
export function BulkActions({ chosen, onClear }: BulkActionsProps) {
  const { run, working } = useBulk();
  const [confirming, { open, close }] = useDisclosure(false);
  const startable = chosen.filter((one) => CAN_START.has(one.status));
  const stoppable = chosen.filter((one) => CAN_STOP.has(one.status));
  const deletable = chosen.filter((one) => one.status !== 'DELETING' && one.status !== 'DELETED');
  const unnamed = deletable.length - NAMED_MAX;

  return (
    <section className={classes.bar} aria-label="Chosen deployments">
      <span role="status" className={classes.count}>
        {chosen.length} chosen
      </span>
      <div className={classes.buttons}>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlay size={14} />}
          disabled={working || startable.length === 0}
          onClick={() => void run(StartDocument, startable, 'starting')}
        >
          Start {startable.length}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          disabled={working || stoppable.length === 0}
          onClick={() => void run(StopDocument, stoppable, 'stopping')}
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
        <CloseButton size="sm" aria-label="Choose none" onClick={onClear} />
      </div>
      <ConfirmDialog
        opened={confirming}
        onClose={close}
        title={`Delete ${countWords(deletable.length)}?`}
        typed={`delete ${deletable.length}`}
        confirm="Delete"
        working={working}
        onConfirm={async () => {
          await run(DeleteDocument, deletable, 'deleting');
          onClear();
          return null;
        }}
      >
        {deletable
          .slice(0, NAMED_MAX)
          .map((one) => one.name)
          .join(', ')}
        {unnamed > 0 && ` and ${unnamed} more`}: their endpoints stop answering at once and their addresses never work
        again. Machines, tokens, credentials, releases and logs are deleted. This cannot be undone.
      </ConfirmDialog>
    </section>
  );
}
