import { ActionIcon, Switch } from '@mantine/core';
import { IconArrowsDiff, IconPencil, IconReload, IconStar } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatDuration } from '../../ui/data/duration.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { type Call, isFailure } from './call.ts';
import classes from './Playground.module.css';
import { labelOf } from './saved-requests.ts';

type CallHistoryProps = {
  calls: readonly Call[];
  /** Shows the calls of every tool, prompt and resource. */
  showsAll: boolean;
  onShowAll: (showsAll: boolean) => void;
  shownId: number | null;
  /** A call is running: no other can be started. */
  busy: boolean;
  onShow: (call: Call) => void;
  onRerun: (call: Call) => void;
  /** Fills the form with the arguments of the call. */
  onEdit: (call: Call) => void;
  onSave: (call: Call) => void;
  onCompare: (call: Call) => void;
};

/** Lists earlier calls, newest first: each can be shown, run again, edited, saved, and compared with the one shown. */
export function CallHistory({ calls, showsAll, onShowAll, shownId, busy, ...on }: CallHistoryProps) {
  return (
    <section className={classes.history} aria-label="History">
      <div className={classes.callHead}>
        <h2 className={classes.subtitle}>History</h2>
        <Switch
          size="xs"
          label="Everything"
          checked={showsAll}
          onChange={(event) => onShowAll(event.currentTarget.checked)}
        />
      </div>
      <ol aria-label="Recent calls">
        {calls.map((call) => (
          <li key={call.id} className={classes.historyRow}>
            <button type="button" aria-current={call.id === shownId} onClick={() => on.onShow(call)}>
              {showsAll && <code className="truncate">{call.request.name}</code>}
              <span className="truncate">{labelOf(call.request.args)}</span>
              <span className="muted numbers">{call.tookMs === null ? '…' : formatDuration(call.tookMs)}</span>
              {isFailure(call) && <span className={classes.problem}>failed</span>}
              <span className="muted small">
                <Ago at={new Date(call.startedAt).toISOString()} />
              </span>
            </button>
            {call.tookMs !== null && (
              <span className={classes.rowActions}>
                <RowAction label="Run again" call={call} disabled={busy} onAct={on.onRerun}>
                  <IconReload size={15} />
                </RowAction>
                <RowAction label="Edit arguments" call={call} onAct={on.onEdit}>
                  <IconPencil size={15} />
                </RowAction>
                <RowAction label="Compare" call={call} disabled={call.id === shownId} onAct={on.onCompare}>
                  <IconArrowsDiff size={15} />
                </RowAction>
                <RowAction label="Save request" call={call} onAct={on.onSave}>
                  <IconStar size={15} />
                </RowAction>
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

type RowActionProps = {
  label: string;
  call: Call;
  disabled?: boolean;
  onAct: (call: Call) => void;
  children: ReactNode;
};

const RowAction = ({ label, call, disabled = false, onAct, children }: RowActionProps) => (
  <ActionIcon
    size={26}
    title={label}
    aria-label={`${label}: ${call.request.name}, ${labelOf(call.request.args)}`}
    disabled={disabled}
    onClick={() => onAct(call)}
  >
    {children}
  </ActionIcon>
);
