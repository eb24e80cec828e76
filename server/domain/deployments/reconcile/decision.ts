import type { HostStatus } from '#deploy/host/contract.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import { timeFactor } from '#server/domain/catalog.ts';
import type { ErrorCode } from '#server/domain/errors.ts';
import type { Setback } from '../rows/setback.ts';
import type { Remedy } from './decide-remedy.ts';

/** The next single thing to do for a deployment. Workers act, write and observe again. */
export type Decision =
  | { kind: 'wait'; checkAfterMs: number }
  /** The Machines API gives no answer: asks again, less and less often. */
  | { kind: 'wait-for-api'; reason: string }
  | { kind: 'rest' }
  | { kind: 'prepare-machine'; releaseId: string }
  | { kind: 'create-machine'; machine: Machine }
  | { kind: 'start-machine'; machine: Machine }
  | { kind: 'stop-machine'; machine: Machine }
  | { kind: 'suspend-machine'; machine: Machine }
  | { kind: 'destroy-machine'; machine: Machine }
  | { kind: 'forget-machine'; machine: Machine }
  | { kind: 'recreate-machine'; machine: Machine }
  /** Its hardware cannot be reached: the release moves to a new machine. */
  | { kind: 'abandon-machine'; machine: Machine }
  | { kind: 'enter-phase'; phase: NonNullable<Deployment['phase']>; setback?: Setback }
  | { kind: 'handshake'; machine: Machine }
  | { kind: 'check-health'; machine: Machine; remedy: Remedy | null }
  /** The machine that serves is down while another release is on its way. */
  | { kind: 'report-down'; setback: Setback }
  | { kind: 'fall-asleep'; machine: Machine }
  | { kind: 'finish-wake'; machine: Machine }
  /** A call needs the sleeping release while another is on its way: wakes it once, without delaying the other. */
  | { kind: 'wake-current'; machine: Machine; state: string }
  | { kind: 'fail-release'; machine: Machine | null; code: ErrorCode; detail: string | null; host: HostStatus | null }
  | { kind: 'finish-stop' }
  | { kind: 'begin-delete' }
  | { kind: 'finish-delete' };

export const POLL_MS = 100;
/** A machine that still exists so long after its deletion was accepted is checked less and less often. */
export const LINGERING_MS = 60_000;
/** Between two checks of something that takes seconds. */
export const SLOW_POLL_MS = 500;
export const HEALTH_INTERVAL_MS = 30_000;
/** How long an old machine serves its own sessions after a new release went live. */
export const DRAIN_MS = 10 * 60_000;

/** How long each phase may take before the release fails: a cold image pull takes up to 98 s on Fly, an install minutes. */
export const PHASE_MS_MAX = {
  QUEUED: 10 * 60_000,
  CREATING_MACHINE: 5 * 60_000,
  STARTING_MACHINE: 5 * 60_000,
  INSTALLING: 15 * 60_000,
  STARTING_SERVER: 2 * 60_000,
  HANDSHAKE: 2 * 60_000,
} as const satisfies Record<NonNullable<Deployment['phase']>, number>;

/** Phases that last as long as the processor of the machine makes them. */
const PROCESSOR_PHASES: ReadonlySet<Deployment['phase']> = new Set(['INSTALLING', 'STARTING_SERVER', 'HANDSHAKE']);

export const isOverdue = (
  { phase, phaseSince }: Deployment,
  target: Pick<Release, 'processor' | 'region'> | null,
  now: Date,
): boolean => {
  if (phase === null || phaseSince === null) return false;
  const factor = target !== null && PROCESSOR_PHASES.has(phase) ? timeFactor(target) : 1;
  return now.getTime() - phaseSince.getTime() > PHASE_MS_MAX[phase] * factor;
};

export const failed = (
  machine: Machine | null,
  code: ErrorCode,
  detail: string | null,
  host: HostStatus | null = null,
): Decision => ({ kind: 'fail-release', machine, code, detail, host });
