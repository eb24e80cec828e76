import type { ProcessExit } from './host-process.ts';
import { newUlid } from './ids.ts';

const EVENTS_KEPT = 50;

/** As Fly words it; `source` is `user` for a call, `flyd` for what the machine did. */
export type EventJson = {
  id: string;
  type: string;
  status: string;
  source: 'user' | 'flyd';
  timestamp: number;
  request?: unknown;
};

/** The history of one machine, newest first. */
export const createEventLog = (now: () => number) => {
  const events: EventJson[] = [];
  return {
    add: (type: string, status: string, source: EventJson['source'], request?: unknown): void => {
      const timestamp = now();
      events.unshift({
        id: newUlid(timestamp),
        type,
        status,
        source,
        timestamp,
        ...(request === undefined ? {} : { request }),
      });
      if (events.length > EVENTS_KEPT) events.pop();
    },
    newest: (count: number): EventJson[] => events.slice(0, count),
    newestId: (): string => events[0]?.id ?? '',
  };
};

/** The `request` of an exit event. */
export const exitRequest = (
  exit: ProcessExit & { requested: boolean; restarting: boolean; restartCount: number; at: number },
) => ({
  exit_event: {
    exit_code: exit.exitCode,
    guest_exit_code: exit.exitCode,
    guest_signal: -1,
    oom_killed: exit.oomKilled,
    requested_stop: exit.requested,
    restarting: exit.restarting,
    signal: -1,
    exited_at: new Date(exit.at).toISOString(),
  },
  restart_count: exit.restartCount,
});
