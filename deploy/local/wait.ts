import type { Clock } from '../clock.ts';
import { invalidArgument, machineNotFound, waitElapsed } from './api-error.ts';
import type { LocalMachine } from './machine.ts';
import { durationMs } from './requests.ts';

const WAIT_MS_MIN = 1_000;
const WAIT_MS_MAX = 60_000;

const MOVING = new Set([
  'created',
  'starting',
  'stopping',
  'suspending',
  'restarting',
  'updating',
  'replacing',
  'destroying',
]);

export type WaitQuery = { state: string | null; timeout: string | null; version: string | null };

/** `GET /wait`: answers when the machine is in one of the wanted states, with the wanted version where one is named. */
export const waitForState = async (
  clock: Clock,
  machine: LocalMachine,
  query: WaitQuery,
  signal: AbortSignal,
): Promise<{ ok: true; state: string; event_id: string; version: string }> => {
  const { record } = machine;
  const wanted = (query.state || 'started').split(',');
  const limitMs = durationMs(query.timeout ?? undefined, WAIT_MS_MAX);
  if (limitMs < WAIT_MS_MIN || limitMs > WAIT_MS_MAX) throw invalidArgument('value must be inside range [1s, 1m0s]');

  const reached = (): boolean =>
    (wanted.includes(record.state) || (wanted.includes('settled') && !MOVING.has(record.state))) &&
    (query.version === null || query.version === record.version);
  const pointless = (): boolean => record.state === 'destroyed' && !reached();

  /** Captures the machine at the moment when it got there: its state may change again before the caller reads it. */
  const answer = () => ({
    ok: true as const,
    state: record.state,
    event_id: record.events.newestId(),
    version: record.version,
  });
  if (reached()) return answer();
  if (pointless()) throw machineNotFound();

  const done = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof answer>>();
  const unwatch = record.watch(() => {
    if (reached()) resolve(answer());
    else if (pointless()) reject(machineNotFound());
  });
  clock.sleep(limitMs, AbortSignal.any([signal, done.signal])).then(
    () => reject(waitElapsed(wanted.join(','), record.state)),
    () => reject(waitElapsed(wanted.join(','), record.state)), // the caller is gone, or the answer is there already
  );
  try {
    return await promise;
  } finally {
    unwatch();
    done.abort();
  }
};
