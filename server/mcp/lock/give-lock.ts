import type { HeldLock } from '#deploy/host/lock-contract.ts';
import { createOnceUnderWay } from '../once-under-way.ts';
import type { MachineTarget } from '../route.ts';

const GIVE_MS_MAX = 15_000;

/** Reads and delivers the definitions that the owner of a deployment agreed to. */
export type LockDeps = {
  /** Null where nothing is held any more, as for a deployment that was deleted. */
  read(deploymentId: string): Promise<HeldLock | null>;
  give(target: MachineTarget, held: HeldLock, signal: AbortSignal): Promise<void>;
};

export type GiveLock = (deploymentId: string, target: MachineTarget) => Promise<void>;

/** Gives a host the present lock, once for any number of calls that wait for it. */
export function createGiveLock({ read, give }: LockDeps): GiveLock {
  const once = createOnceUnderWay();

  const deliver = async (deploymentId: string, target: MachineTarget): Promise<void> => {
    const held = await read(deploymentId);
    if (held !== null) await give(target, held, AbortSignal.timeout(GIVE_MS_MAX));
  };

  return (deploymentId, target) => once(target.machineId, () => deliver(deploymentId, target));
}
