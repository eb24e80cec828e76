import type { HostPhase } from './contract.ts';

type Seen = {
  installationFailed: boolean;
  /** A child serves. */
  isReady: boolean;
  startFailed: boolean;
  /** Children are started for callers alone, with values of theirs. */
  waitsForCallers: boolean;
  /** A child has served before. */
  hasServed: boolean;
};

/** What the host is doing, and since when. */
export function createPhase(see: () => Seen) {
  let phase: HostPhase = 'INSTALLING';
  let since = new Date();

  const enter = (next: HostPhase): void => {
    if (next === phase) return;
    phase = next;
    since = new Date();
  };

  const seen = (): HostPhase => {
    if (phase === 'INSTALLING' || phase === 'STOPPING') return phase;
    const { installationFailed, isReady, startFailed, waitsForCallers, hasServed } = see();
    if (installationFailed) return 'FAILED';
    if (isReady || (waitsForCallers && !startFailed)) return 'READY'; // a child is started for a caller
    if (startFailed) return 'FAILED';
    return hasServed ? 'READY' : 'STARTING_SERVER';
  };

  return {
    enter,
    isInstalling: (): boolean => phase === 'INSTALLING',
    read: (): { phase: HostPhase; since: Date } => {
      enter(seen());
      return { phase, since };
    },
  };
}
