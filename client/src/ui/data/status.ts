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

export type Status = 'DEPLOYING' | 'RUNNING' | 'UNHEALTHY' | 'ASLEEP' | 'STOPPED' | 'FAILED' | 'DELETING' | 'DELETED';
export type Phase = 'QUEUED' | 'CREATING_MACHINE' | 'STARTING_MACHINE' | 'INSTALLING' | 'STARTING_SERVER' | 'HANDSHAKE';
export type Tone = 'blue' | 'green' | 'violet' | 'gray' | 'amber' | 'red';

type Look = { word: string; tone: Tone; icon: Icon; moving?: boolean; means: string };

/** Color, word and icon of each status: never the color alone. */
export const STATUS_LOOKS: Record<Status, Look> = {
  DEPLOYING: {
    word: 'Deploying',
    tone: 'blue',
    icon: IconLoader2,
    moving: true,
    means: 'On its way to its first answer.',
  },
  RUNNING: { word: 'Running', tone: 'green', icon: IconCircleCheck, means: 'The endpoint answers.' },
  UNHEALTHY: {
    word: 'Unhealthy',
    tone: 'amber',
    icon: IconAlertTriangle,
    means: 'It stopped answering; Catwalk keeps trying.',
  },
  ASLEEP: { word: 'Asleep', tone: 'violet', icon: IconMoon, means: 'It wakes at the next call.' },
  STOPPED: { word: 'Stopped', tone: 'gray', icon: IconPlayerStop, means: 'You stopped it. Nothing runs.' },
  FAILED: { word: 'Failed', tone: 'red', icon: IconCircleX, means: 'It does not run; the reason is on its page.' },
  DELETING: { word: 'Deleting', tone: 'gray', icon: IconTrash, moving: true, means: 'Its machine is being removed.' },
  DELETED: { word: 'Deleted', tone: 'gray', icon: IconTrash, means: 'It is gone.' },
};

/** ASLEEP, but somebody called. */
export const WAKING_LOOK: Look = {
  word: 'Waking',
  tone: 'violet',
  icon: IconLoader2,
  moving: true,
  means: 'It was called; calls wait until it answers.',
};

/** What somebody asked for, while it has not happened yet. */
export type AskedFor = 'START' | 'STOP' | 'RESTART' | 'DELETE';

const STOPPING_LOOK: Look = {
  word: 'Stopping',
  tone: 'gray',
  icon: IconLoader2,
  moving: true,
  means: 'It was asked to stop; what runs is being ended.',
};
const STARTING_LOOK: Look = {
  word: 'Starting',
  tone: 'blue',
  icon: IconLoader2,
  moving: true,
  means: 'It was asked to start.',
};
const RESTARTING_LOOK: Look = {
  word: 'Restarting',
  tone: 'blue',
  icon: IconLoader2,
  moving: true,
  means: 'Its machine is being stopped and started.',
};

/** How a status looks, and what is on its way looks like being on its way: an intent is never shown as its result. */
export function lookOf(
  status: Status,
  { waking = false, asked = null }: { waking?: boolean; asked?: AskedFor | null },
): Look {
  const isLeaving = status === 'DELETING' || status === 'DELETED';
  if (asked === 'DELETE' && !isLeaving) return STATUS_LOOKS.DELETING;
  if (asked === 'STOP' && status !== 'STOPPED' && !isLeaving) return STOPPING_LOOK;
  if (asked === 'RESTART' && status !== 'DEPLOYING' && !isLeaving) return RESTARTING_LOOK;
  if (asked === 'START' && (status === 'STOPPED' || status === 'FAILED')) return STARTING_LOOK;
  return waking || (asked === 'START' && status === 'ASLEEP') ? WAKING_LOOK : STATUS_LOOKS[status];
}

export const PHASE_WORDS: Record<Phase, string> = {
  QUEUED: 'Queued',
  CREATING_MACHINE: 'Create machine',
  STARTING_MACHINE: 'Start machine',
  INSTALLING: 'Install package',
  STARTING_SERVER: 'Start server',
  HANDSHAKE: 'Handshake',
};

/** In the order in which a deployment passes through them. */
export const PHASES = Object.keys(PHASE_WORDS) as Phase[]; // Object.keys widens to string
