import type { Icon } from '@tabler/icons-react';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconLoader2,
  IconMoon,
  IconPlayerStop,
  IconTrash,
} from '@tabler/icons-react';
import { canStart, isAsleep, isDeleted, type Status } from './status.ts';

export type Tone = 'blue' | 'green' | 'violet' | 'gray' | 'amber' | 'red';

type Look = { label: string; tone: Tone; icon: Icon; moving?: boolean; description: string };

/** Color, label and icon of each status: a status is never shown by its color alone. */
export const STATUS_LOOKS: Record<Status, Look> = {
  DEPLOYING: { label: 'Deploying', tone: 'blue', icon: IconLoader2, moving: true, description: 'Starting up.' },
  RUNNING: { label: 'Running', tone: 'green', icon: IconCircleCheck, description: 'The server answers.' },
  UNHEALTHY: {
    label: 'Not responding',
    tone: 'amber',
    icon: IconAlertTriangle,
    description: 'Not responding. Retrying…',
  },
  ASLEEP: { label: 'Asleep', tone: 'violet', icon: IconMoon, description: 'Wakes at the next call.' },
  STOPPED: { label: 'Stopped', tone: 'gray', icon: IconPlayerStop, description: 'Stopped by you.' },
  FAILED: { label: 'Failed', tone: 'red', icon: IconCircleX, description: 'Not running. Open it to see why.' },
  DELETING: { label: 'Deleting', tone: 'gray', icon: IconTrash, moving: true, description: 'Removing the machine.' },
  DELETED: { label: 'Deleted', tone: 'gray', icon: IconTrash, description: 'Deleted.' },
};

const WAKING_LOOK: Look = {
  label: 'Waking',
  tone: 'violet',
  icon: IconLoader2,
  moving: true,
  description: 'Waking up. Calls wait until the server answers.',
};

/** An action that the user requested and that has not happened yet. */
export type PendingIntent = 'START' | 'STOP' | 'RESTART' | 'DELETE';

const STOPPING_LOOK: Look = {
  label: 'Stopping',
  tone: 'gray',
  icon: IconLoader2,
  moving: true,
  description: 'Stopping the server.',
};
const STARTING_LOOK: Look = {
  label: 'Starting',
  tone: 'blue',
  icon: IconLoader2,
  moving: true,
  description: 'Start requested.',
};
const RESTARTING_LOOK: Look = {
  label: 'Restarting',
  tone: 'blue',
  icon: IconLoader2,
  moving: true,
  description: 'Restarting the server.',
};

/** Shows a pending intent as being in progress, never as its result. */
export function lookOf(
  status: Status,
  { waking = false, pending = null }: { waking?: boolean; pending?: PendingIntent | null },
): Look {
  if (isDeleted(status)) return STATUS_LOOKS[status];
  if (pending === 'DELETE') return STATUS_LOOKS.DELETING;
  if (pending === 'STOP' && status !== 'STOPPED') return STOPPING_LOOK;
  if (pending === 'RESTART' && status !== 'DEPLOYING') return RESTARTING_LOOK;
  if (pending === 'START' && canStart(status)) return isAsleep(status) ? WAKING_LOOK : STARTING_LOOK;
  return waking ? WAKING_LOOK : STATUS_LOOKS[status];
}
