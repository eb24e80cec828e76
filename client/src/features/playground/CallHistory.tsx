import { formatDuration } from '../../ui/data/duration.ts';
import { type Call, isFailure } from './call-store.ts';
import classes from './Playground.module.css';

type CallHistoryProps = { calls: readonly Call[]; shownId: number | null; onShow: (id: number) => void };

/** Lists the latest calls, newest first; selecting one shows its result again. */
export function CallHistory({ calls, shownId, onShow }: CallHistoryProps) {
  return (
    <ol className={classes.history} aria-label="Recent calls">
      {calls.map((call) => (
        <li key={call.id}>
          <button type="button" aria-current={call.id === shownId} onClick={() => onShow(call.id)}>
            <code className="truncate">{call.request.name}</code>
            <span className="muted numbers">{call.tookMs === null ? '…' : formatDuration(call.tookMs)}</span>
            {isFailure(call) && <span className={classes.problem}>failed</span>}
          </button>
        </li>
      ))}
    </ol>
  );
}
