import type { TimelineStep } from '../../ui/data/Timeline.tsx';
import { isAsleep, type Phase, type Status } from './status.ts';

export const PHASE_LABELS: Record<Phase, string> = {
  QUEUED: 'Queued',
  CREATING_MACHINE: 'Create machine',
  STARTING_MACHINE: 'Start machine',
  INSTALLING: 'Install package',
  STARTING_SERVER: 'Start server',
  HANDSHAKE: 'Handshake',
};

const PHASE_HINTS: Partial<Record<Phase, string>> = {
  HANDSHAKE: 'Catwalk and the server exchange their first MCP messages, and the server lists its tools.',
};

/** The order in which a deployment passes through its phases. */
export const PHASES = Object.keys(PHASE_LABELS) as Phase[]; // Object.keys widens to string

type Timing = { phase: string; milliseconds: number };
type PhaseEvent = { at: string; phase?: Phase | null };

type PhaseState = {
  status: Status;
  phase: Phase | null;
  timings: readonly Timing[];
  /** The code of the failure, if there is one. */
  failure?: string | undefined;
  /** Newest first. */
  events: readonly PhaseEvent[];
};

type AttemptEvent = { at: string; phase?: Phase | null };

/**
 * The phases of the newest attempt with their durations, from its events (newest first): from the last time it was
 * queued until it was over. A phase that it skipped is absent. Null when the events do not reach back that far.
 */
export function attemptTimings(events: readonly AttemptEvent[]): Timing[] | null {
  const queued = events.findIndex(({ phase }) => phase === 'QUEUED');
  if (queued === -1) return null;
  const before = events.slice(0, queued + 1);
  const end = before.findLastIndex(({ phase }) => !phase);
  const attempt = before.slice(end === -1 ? 0 : end).reverse();
  const timings: Timing[] = [];
  for (const [index, event] of attempt.entries()) {
    const { phase } = event;
    if (!phase || attempt[index - 1]?.phase === phase) continue;
    const next = attempt.slice(index).find((later) => later.phase !== phase);
    if (next) timings.push({ phase, milliseconds: Date.parse(next.at) - Date.parse(event.at) });
  }
  return timings;
}

/** Shows phase by phase how a release came up: which steps are done, which one runs since when, where it failed. */
export function phaseSteps({ status, phase, failure, timings, events }: PhaseState): TimelineStep[] {
  const took = new Map(timings.map((timing) => [timing.phase, timing.milliseconds]));
  // A server that wakes continues where it was, so the steps of its first start stand. A cold start repeats them.
  const isResuming = isAsleep(status) && phase === 'STARTING_MACHINE';
  const current = phase === null || isResuming ? -1 : PHASES.indexOf(phase);
  const failed = status === 'FAILED' && phase === null ? failedAt(took, events, failure) : -1;
  return PHASES.map((step, index): TimelineStep => {
    const base = { key: step, label: PHASE_LABELS[step], hint: PHASE_HINTS[step], took: took.get(step) };
    if (current !== -1) {
      if (index < current) return { ...base, state: 'done' };
      if (index > current) return { ...base, state: 'waiting', took: undefined };
      return { ...base, state: 'running', since: sinceOf(events, step) };
    }
    if (failed !== -1) return { ...base, state: index < failed ? 'done' : index === failed ? 'failed' : 'waiting' };
    const isDone = took.has(step) || status === 'RUNNING' || isAsleep(status);
    return {
      ...base,
      state: isDone ? 'done' : 'waiting',
      note: isDone && isSkipped(step, took) ? 'cached' : undefined,
    };
  });
}

/** An attempt that has other phases but no installation found the package installed. */
const isSkipped = (step: Phase, took: ReadonlyMap<string, number>): boolean =>
  step === 'INSTALLING' && took.size > 0 && !took.has(step);

/** The code knows better than the events: a quick start can fail before a worker has seen the installation end. */
const PHASE_OF_CODE: Readonly<Record<string, Phase>> = {
  MISSING_CREDENTIAL: 'STARTING_SERVER',
  EXITED_AT_START: 'STARTING_SERVER',
  NO_BIN: 'STARTING_SERVER',
  NO_HANDSHAKE: 'HANDSHAKE',
  SERVER_ERROR: 'HANDSHAKE',
  HANDSHAKE_TIMEOUT: 'HANDSHAKE',
};

/** Picks the phase of the failure, else the last phase that the events name, else the first that never ended. */
function failedAt(took: ReadonlyMap<string, number>, events: readonly PhaseEvent[], failure?: string): number {
  const known = PHASE_OF_CODE[failure ?? ''] ?? events.find((event) => event.phase)?.phase;
  return known ? PHASES.indexOf(known) : PHASES.findIndex((phase) => !took.has(phase));
}

/** The time at which the newest unbroken run of events in this phase began. */
export function sinceOf(events: readonly PhaseEvent[], phase: Phase): string | undefined {
  let since: string | undefined;
  for (const event of events) {
    if (event.phase !== phase) break;
    since = event.at;
  }
  return since;
}
