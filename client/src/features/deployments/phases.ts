import { PHASE_WORDS, PHASES, type Phase, type Status } from '../../ui/data/status.ts';
import type { TimelineStep } from '../../ui/data/Timeline.tsx';

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

/** How a release came to serve, phase by phase: what is done, what runs since when, where it failed. */
export function phaseSteps({ status, phase, failure, timings, events }: PhaseState): TimelineStep[] {
  const took = new Map(timings.map((timing) => [timing.phase, timing.milliseconds]));
  // What wakes goes on where it was: the way it once came up stands. A cold start goes that way again.
  const isResuming = status === 'ASLEEP' && phase === 'STARTING_MACHINE';
  const current = phase === null || isResuming ? -1 : PHASES.indexOf(phase);
  const failed = status === 'FAILED' && phase === null ? failedAt(took, events, failure) : -1;
  return PHASES.map((step, index): TimelineStep => {
    const base = { key: step, label: PHASE_WORDS[step], took: took.get(step) };
    if (current !== -1) {
      if (index < current) return { ...base, state: 'done' };
      if (index > current) return { ...base, state: 'waiting', took: undefined };
      return { ...base, state: 'running', since: sinceOf(events, step) };
    }
    if (failed !== -1) return { ...base, state: index < failed ? 'done' : index === failed ? 'failed' : 'waiting' };
    return { ...base, state: took.has(step) || status === 'RUNNING' || status === 'ASLEEP' ? 'done' : 'waiting' };
  });
}

/** A quick start can fail before a worker has seen that the installation is over: the code knows better. */
const PHASE_OF_CODE: Readonly<Record<string, Phase>> = {
  MISSING_CREDENTIAL: 'STARTING_SERVER',
  EXITED_AT_START: 'STARTING_SERVER',
  NO_BIN: 'STARTING_SERVER',
  NO_HANDSHAKE: 'HANDSHAKE',
  HANDSHAKE_TIMEOUT: 'HANDSHAKE',
};

/** The phase that the failure belongs to, else the last that the events name, else the first that never ended. */
function failedAt(took: ReadonlyMap<string, number>, events: readonly PhaseEvent[], failure?: string): number {
  const known = PHASE_OF_CODE[failure ?? ''] ?? events.find((event) => event.phase)?.phase;
  return known ? PHASES.indexOf(known) : PHASES.findIndex((phase) => !took.has(phase));
}

/** When the unbroken run of the newest events in this phase began. */
export function sinceOf(events: readonly PhaseEvent[], phase: Phase): string | undefined {
  let since: string | undefined;
  for (const event of events) {
    if (event.phase !== phase) break;
    since = event.at;
  }
  return since;
}
