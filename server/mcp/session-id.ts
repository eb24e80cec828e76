import type { MachineTarget, Route } from './route.ts';

/** How long an old machine answers its own sessions after a release took over. */
const DRAIN_MS_MAX = 10 * 60_000;

/**
 * Clients see `{machineId}.{the host's own id}`, so that every instance knows whose session it is without having seen it
 * before. The host never sees the prefix.
 */
export const toPublicSessionId = (machineId: string, sessionId: string): string => `${machineId}.${sessionId}`;

export function splitSessionId(publicId: string): { machineId: string; sessionId: string } | null {
  const dot = publicId.indexOf('.');
  if (dot <= 0 || dot === publicId.length - 1) return null;
  return { machineId: publicId.slice(0, dot), sessionId: publicId.slice(dot + 1) };
}

/** The machine that holds a session: the current one or, for ten minutes, a draining one; null when it is gone. */
export function findSessionMachine(route: Route, machineId: string, nowMs: number): MachineTarget | null {
  const { current } = route;
  if (current?.machineId === machineId || route.formerMachineIds.includes(machineId)) return current;
  const draining = route.draining.find((machine) => machine.machineId === machineId);
  return draining && nowMs - draining.drainingSinceMs <= DRAIN_MS_MAX ? draining : null;
}

/** Reports whether a session belongs to the machine of the release that serves, or to one whose sessions it took over. */
export function isCurrentSession({ currentMachineId, formerMachineIds }: Route, publicId: string): boolean {
  const machineId = splitSessionId(publicId)?.machineId;
  return machineId !== undefined && (machineId === currentMachineId || formerMachineIds.includes(machineId));
}
