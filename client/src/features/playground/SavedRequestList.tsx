import { ActionIcon } from '@mantine/core';
import { IconReload, IconX } from '@tabler/icons-react';
import classes from './Playground.module.css';
import type { SavedRequest } from './saved-requests.ts';

type SavedRequestListProps = {
  saved: readonly SavedRequest[];
  busy: boolean;
  onRun: (request: SavedRequest) => void;
  onEdit: (request: SavedRequest) => void;
  onRemove: (id: string) => void;
};

/** Lists the requests that were saved for the selected tool, prompt or resource. */
export function SavedRequestList({ saved, busy, onRun, onEdit, onRemove }: SavedRequestListProps) {
  return (
    <section className={classes.history} aria-label="Saved requests">
      <h2 className={classes.subtitle}>Saved</h2>
      <ul>
        {saved.map((one) => (
          <li key={one.id} className={classes.historyRow}>
            <button type="button" title="Fill in these arguments" onClick={() => onEdit(one)}>
              <span className="truncate">{one.label}</span>
            </button>
            <span className={classes.rowActions}>
              <ActionIcon
                size={26}
                title="Run"
                aria-label={`Run saved request: ${one.label}`}
                disabled={busy}
                onClick={() => onRun(one)}
              >
                <IconReload size={15} />
              </ActionIcon>
              <ActionIcon
                size={26}
                title="Remove"
                aria-label={`Remove saved request: ${one.label}`}
                onClick={() => onRemove(one.id)}
              >
                <IconX size={15} />
              </ActionIcon>
            </span>
          </li>
        ))}
      </ul>
      <p className="muted small">Saved in this browser, without results.</p>
    </section>
  );
}
