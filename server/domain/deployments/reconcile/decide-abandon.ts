import { type DeploymentView, isGoneState, type MachineView } from './view.ts';

/** How long the hardware of a serving machine may be unreachable before its release moves to another machine. */
export const UNREACHABLE_MS_MAX = 5 * 60_000;
/** The same for a machine that is on its way up, for which somebody waits. */
export const UNREACHABLE_COMING_UP_MS_MAX = 60_000;
/** Between two looks for the hardware of an abandoned machine, when nothing else is due. */
export const ABANDONED_CHECK_MS = 60_000;

/**
 * Pure: decides whether the release of a machine moves to a new one, because its hardware cannot be reached. Hardware on
 * Fly is away for an hour to a day. A machine keeps nothing that a new one would miss, so waiting gains nothing. A restart
 * of such a machine cannot happen, so the request for one moves it at once.
 */
export function shouldAbandon({ deployment }: DeploymentView, { row, observed }: MachineView, now: Date): boolean {
  if (observed.kind !== 'present' || !observed.hostUnreachable || isGoneState(observed.state)) return false;
  if (deployment.restartGeneration !== null) return true;
  if (row.unreachableSince === null) return false;
  const limitMs = deployment.phase === null ? UNREACHABLE_MS_MAX : UNREACHABLE_COMING_UP_MS_MAX;
  return now.getTime() - row.unreachableSince.getTime() >= limitMs;
}

/** Another machine took over. It exists until its hardware is back and it can be destroyed. */
export const isAbandoned = ({ row }: MachineView): boolean => row.abandonedAt !== null;
