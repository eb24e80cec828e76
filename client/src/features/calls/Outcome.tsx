import {
  IconBan,
  IconCheck,
  IconClockX,
  IconExclamationCircle,
  IconMessageQuestion,
  IconPlugConnectedX,
  IconX,
} from '@tabler/icons-react';
import type { CallOutcome } from '../../generated/graphql.ts';
import classes from './Calls.module.css';

const SHOWN = {
  OK: { label: 'OK', tone: 'good', icon: IconCheck },
  TOOL_ERROR: { label: 'Tool error', tone: 'bad', icon: IconExclamationCircle },
  PROTOCOL_ERROR: { label: 'Protocol error', tone: 'bad', icon: IconX },
  CANCELLED: { label: 'Cancelled', tone: 'muted', icon: IconPlugConnectedX },
  TIMED_OUT: { label: 'Timed out', tone: 'slow', icon: IconClockX },
  INPUT_REQUIRED: { label: 'Input required', tone: 'muted', icon: IconMessageQuestion },
  REFUSED: { label: 'Refused', tone: 'bad', icon: IconBan },
} satisfies Record<CallOutcome, { label: string; tone: string; icon: typeof IconCheck }>;

/** Shows how a call ended: an icon, a word, and the code of an error. */
export function Outcome({ outcome, code }: { outcome: CallOutcome; code: string | null }) {
  const { label, tone, icon: Icon } = SHOWN[outcome];
  return (
    <span className={classes.outcome} data-tone={tone}>
      <Icon size={15} aria-hidden />
      <span>{label}</span>
      {code !== null && <code>{code}</code>}
    </span>
  );
}
