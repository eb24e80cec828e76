import type { HostConfig, HostIsolation } from '../contract.ts';
import { createHeldValues, type HeldValues } from './held-values.ts';
import { createValuesGate, type ValuesGate } from './values-gate.ts';

/** No principal is called so. */
const PLATFORM_FILES = 'platform';

/** The parts of a host that differ where callers have values of their own; all null where they have not. */
export type Personal = {
  values: HeldValues | null;
  gate: ValuesGate | null;
  isolation: HostIsolation;
  /** The owner of the files of a child. Where the platform's children run with an owner's values, they get their own. */
  ownerOf: (owner: string | null) => string | null;
};

/** Reads the configuration; a child is never shared between callers with values of their own. */
export const openPersonal = (
  { personal, isolation }: Pick<HostConfig, 'personal' | 'isolation'>,
  deps: Parameters<typeof createHeldValues>[0],
): Personal => {
  if (!personal) return { values: null, gate: null, isolation, ownerOf: (owner) => owner };
  const values = createHeldValues(deps);
  return {
    values,
    gate: createValuesGate(values),
    isolation: isolation === 'SHARED' ? 'AUTO' : isolation,
    ownerOf: (owner) => owner ?? PLATFORM_FILES,
  };
};
