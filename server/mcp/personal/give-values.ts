import type { CallerValues, HeldRevision } from '#deploy/host/contract.ts';
import { createOnceUnderWay } from '../once-under-way.ts';
import type { MachineTarget } from '../route.ts';

const GIVE_MS_MAX = 15_000;

/** Opens and delivers the values of callers. */
export type ValuesDeps = {
  /** Address at which callers of a kind enter their values. */
  pageFor(deploymentId: string, kind: 'person' | 'token'): string;
  /** Null if the values of this revision are gone. */
  open(deploymentId: string, machineId: string, revision: string): Promise<Omit<CallerValues, 'principal'> | null>;
  /** Reports whether the values of this revision are still the caller's. */
  isCurrent(revision: string): Promise<boolean>;
  give(target: MachineTarget, values: CallerValues, signal: AbortSignal): Promise<boolean>;
  forget(target: MachineTarget, revisions: readonly HeldRevision[], signal: AbortSignal): Promise<void>;
};

/** The caller's values have changed since its route was read. */
export class ValuesChangedError extends Error {}

export type GiveValues = (deploymentId: string, target: MachineTarget, held: HeldRevision) => Promise<void>;

/** Gives values to a host, once for any number of calls that wait for the same. */
export function createGiveValues(deps: ValuesDeps): GiveValues {
  const once = createOnceUnderWay();

  const give = async (deploymentId: string, target: MachineTarget, held: HeldRevision): Promise<void> => {
    const signal = AbortSignal.timeout(GIVE_MS_MAX);
    const opened = await deps.open(deploymentId, target.machineId, held.revision);
    if (opened === null) throw new ValuesChangedError('The values have changed.');
    const taken = await deps.give(target, { principal: held.principal, ...opened }, signal);
    // Removed while they were on their way: the message about that may have come before them.
    if (!(await deps.isCurrent(held.revision))) {
      await deps.forget(target, [held], signal);
      throw new ValuesChangedError('The values have changed.');
    }
    if (!taken) throw new ValuesChangedError('The host holds newer values.');
  };

  return (deploymentId, target, held) =>
    once(`${target.machineId} ${held.revision} ${held.principal}`, () => give(deploymentId, target, held));
}
