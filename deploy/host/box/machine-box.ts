import { totalmem } from 'node:os';
import type { ChildUser } from '../child/environment.ts';
import type { HostConfig } from '../contract.ts';
import type { BoxSettings } from '../wall-contract.ts';
import { boxLimits } from './limits.ts';
import { probeBox } from './probe.ts';

const MEGABYTE = 1024 * 1024;

/** Why no box can be made; `reason` is a sentence, `hint` says what to do. */
export type MissingBox = { reason: string; hint: string };

export type MachineBoxOptions = {
  config: Pick<HostConfig, 'memoryMb'>;
  /** The user of servers, who is not root. */
  user: ChildUser | null;
  /** PATH. */
  path: string;
};

/**
 * The box of a machine that is a virtual one already, as on Fly: it puts the files of a container image in the place of
 * the machine's own. The machine limits memory by itself, and its network is that of the machine.
 */
export const boxOfMachine = async ({ config, user, path }: MachineBoxOptions): Promise<BoxSettings | MissingBox> => {
  if (user === null)
    return {
      reason: 'The machine image names no user for servers.',
      hint: 'Set CATWALK_CHILD_UID and CATWALK_CHILD_GID, as the machine image of this version does.',
    };
  const settings: Omit<BoxSettings, 'bubblewrap'> = {
    user,
    controlGroups: [],
    oomCounter: null,
    processCounter: null,
    network: null,
    namedPaths: false,
    hidden: [],
    limits: boxLimits(config.memoryMb === undefined ? totalmem() : config.memoryMb * MEGABYTE),
  };
  const probe = await probeBox(settings, path);
  if (probe.works) return { ...settings, bubblewrap: probe.bubblewrap };
  return {
    reason: probe.reason,
    hint: 'Build the machine image of this version (npm run fly:image): container images need its bubblewrap.',
  };
};
