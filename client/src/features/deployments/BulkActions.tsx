import { Button, CloseButton } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconReload, IconRocket, IconTag, IconTrash } from '@tabler/icons-react';
import { use, useState } from 'react';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import { canRestart, canStart, canStop, isDeleted, type Status } from '../status/status.ts';
import classes from './BulkActions.module.css';
import { DeleteDocument, RedeployDocument, RestartDocument, StartDocument, StopDocument } from './intents.ts';
import { ListActivityContext } from './list-activity.ts';
import { TagsDialog } from './TagsDialog.tsx';
import { bulkIntent, countDeployments, useBulkIntent } from './use-bulk-intent.tsx';

type Selected = {
  id: string;
  name: string;
  status: Status;
  tags: readonly string[];
  isBundle?: boolean;
};
type BulkActionsProps = { selected: readonly Selected[]; onClear: () => void };

const NAMED_MAX = 5;

/** The actions for all selected deployments at once; each button shows how many of them accept it. */
export function BulkActions({ selected, onClear }: BulkActionsProps) {
  const { run } = useBulkIntent();
  const [action, setAction] = useState<keyof typeof ACTIONS | null>(null);
  const [isTagging, setTagging] = useState(false);
  const activity = use(ListActivityContext);
  const callsOf = ({ id }: Selected) => activity.get(id)?.activity.callsLastHour ?? 0;
  const rows = {
    start: selected.filter(({ status }) => canStart(status)),
    stop: selected.filter(({ status }) => canStop(status)),
    restart: selected.filter((one) => canRestart(one.status) && !one.isBundle),
    redeploy: selected.filter((one) => !isDeleted(one.status) && !one.isBundle),
    delete: selected.filter(({ status }) => !isDeleted(status)),
  };
  const shown = useLastValue(action);

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
          disabled={rows.start.length === 0}
          onClick={() => run(START, rows.start, 'Starting')}
        >
          Start {rows.start.length}
        </Button>
        {(['stop', 'restart', 'redeploy', 'delete'] as const).map((key) => {
          const { label, icon: ActionIcon } = ACTIONS[key];
          return (
            <Button
              key={key}
              size="xs"
              variant="default"
              leftSection={<ActionIcon size={14} />}
              disabled={rows[key].length === 0}
              onClick={() => setAction(key)}
            >
              {label} {rows[key].length}…
            </Button>
          );
        })}
        <Button size="xs" variant="default" leftSection={<IconTag size={14} />} onClick={() => setTagging(true)}>
          Tags…
        </Button>
        <CloseButton size="sm" aria-label="Clear selection" onClick={onClear} />
      </div>
      <TagsDialog rows={selected} opened={isTagging} onClose={() => setTagging(false)} />
      {shown && (
        <ConfirmDialog
          opened={action !== null}
          onClose={() => setAction(null)}
          title={`${ACTIONS[shown].label} ${countDeployments(rows[shown].length)}?`}
          confirm={ACTIONS[shown].label}
          tone={shown === 'delete' ? 'danger' : 'plain'}
          {...(shown === 'delete' ? { typed: `delete ${rows.delete.length}` } : {})}
          onConfirm={() => {
            run(ACTIONS[shown].intent, rows[shown], ACTIONS[shown].verb);
            if (shown === 'delete') onClear();
            return null;
          }}
        >
          {namesOf(rows[shown])}: {ACTIONS[shown].effect} {callsText(rows[shown].map(callsOf))}
        </ConfirmDialog>
      )}
    </section>
  );
}

const byId = (id: string) => ({ id });
const START = bulkIntent(StartDocument, byId);

const ACTIONS = {
  stop: {
    label: 'Stop',
    verb: 'Stopping',
    icon: IconPlayerStop,
    intent: bulkIntent(StopDocument, byId),
    effect: 'the endpoints refuse calls until you start the deployments again. You can undo this for 8 seconds.',
  },
  restart: {
    label: 'Restart',
    verb: 'Restarting',
    icon: IconReload,
    intent: bulkIntent(RestartDocument, byId),
    effect:
      'calls fail until the machines are back, and everything in the servers’ memory is lost; on Fly.io also the files on their disks. You can undo this for 8 seconds.',
  },
  redeploy: {
    label: 'Redeploy',
    verb: 'Redeploying',
    icon: IconRocket,
    intent: bulkIntent(RedeployDocument, (id) => ({ input: { id } })),
    effect:
      'each gets a new release with the newest version. The live releases stay until the new ones work. You can undo this for 8 seconds.',
  },
  delete: {
    label: 'Delete',
    verb: 'Deleting',
    icon: IconTrash,
    intent: bulkIntent(DeleteDocument, byId),
    effect:
      'the endpoints stop working for good. The machines with their files, tokens, credentials, releases and logs are deleted. You can undo this for 8 seconds only.',
  },
} as const;

const namesOf = (rows: readonly Selected[]): string => {
  const names = rows
    .slice(0, NAMED_MAX)
    .map(({ name }) => name)
    .join(', ');
  return rows.length > NAMED_MAX ? `${names} and ${rows.length - NAMED_MAX} more` : names;
};

/** Says how much is in use; nothing for deployments that nobody called. */
export function callsText(calls: readonly number[]): string {
  const total = calls.reduce((sum, one) => sum + one, 0);
  if (total === 0) return 'None of them was called in the last hour.';
  const used = calls.filter((count) => count > 0).length;
  return `${total === 1 ? '1 call' : `${total} calls`} in the last hour, at ${used} of them.`;
}
