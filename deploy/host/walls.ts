import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Box, createBox } from './box/box.ts';
import { createOomCounter, type OomCounter } from './box/oom-counter.ts';
import type { HostConfig } from './contract.ts';
import { createContainedActs } from './egress/contained-acts.ts';
import { hostsOf, type MachineNetwork, openNetwork } from './egress/network.ts';
import { failWith } from './failure.ts';
import type { BoxSettings, ContainedAct } from './wall-contract.ts';

/** The walls around the programs of a machine, and what they have stopped. */
export type Walls = {
  /** Null: programs are processes of the computer. */
  box: Box | null;
  oomKills: OomCounter;
  /** The box in which a compiler builds the package, with limits of its own; null where the limits are those above. */
  builder: { box: Box; oomKills: OomCounter } | null;
  /** Opens the network of the installation with these variables. Throws HostFailureError where it cannot be walled. */
  openNetwork(installEnvironment: Record<string, string>): Promise<void>;
  /** The installation has ended: from now on the network is that of the server. */
  serve(): void;
  contained(): ContainedAct[];
  /** Entries of a list of hosts for what the server has reached. */
  reached(): string[];
  close(): void;
};

export type WallsDeps = {
  settings: BoxSettings | undefined;
  config: Pick<HostConfig, 'egress' | 'memoryMb'>;
  dataDir: string;
  log: (text: string) => void;
};

/** Reads the line `max N` of a control group: how often a process could not be started. */
const readRefusals = (path: string | null | undefined): number => {
  if (path == null) return 0;
  try {
    return Number(/^max (\d+)$/m.exec(readFileSync(path, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0; // the group is gone
  }
};

/** The lines of npm's settings name registries too. */
const settingsOf = (env: Record<string, string>): string[] => {
  const file = env['npm_config_userconfig'];
  try {
    return file === undefined ? [] : [readFileSync(file, 'utf8')];
  } catch {
    return []; // there are none
  }
};

export const createWalls = ({ settings, config, dataDir, log }: WallsDeps): Walls => {
  let network: MachineNetwork | null = null;
  let closed = false;
  const acts = createContainedActs({ now: () => new Date(), log });
  const box = settings === undefined ? null : createBox(settings, join(dataDir, 'box'), () => network);
  const builder = settings?.builder === undefined ? undefined : { ...settings, ...settings.builder };
  const oomKills = createOomCounter(settings);
  const before = oomKills();
  const egress = config.egress ?? settings?.network?.fallback ?? null;

  return {
    box,
    oomKills,
    builder:
      builder === undefined
        ? null
        : {
            box: createBox(builder, join(dataDir, 'builder-box'), () => network),
            oomKills: createOomCounter(builder),
          },
    openNetwork: async (env) => {
      if (egress === null) return;
      if (settings?.network == null)
        return failWith(
          'INSTALL_FAILED',
          'The network of this server is limited, and no wall can be built around it here.',
          {
            hint: 'Allow the server the whole network of the machine, or see docs/machines.md for what boxes need.',
          },
        );
      const installers = hostsOf([...Object.values(env), ...settingsOf(env)]);
      const opened = await openNetwork({ settings: settings.network, egress, installers, onDenied: acts.add });
      if (closed) opened.close();
      else network = opened;
    },
    serve: () => network?.serve(),
    contained: () => {
      const megabytes = config.memoryMb === undefined ? '' : ` of ${config.memoryMb} MB`;
      // Without a control group the counter is null, or that of the whole computer.
      if (settings?.oomCounter != null)
        acts.count('MEMORY_LIMIT', `the memory limit${megabytes}`, (oomKills() ?? 0) - (before ?? 0));
      acts.count('PROCESS_LIMIT', 'the limit of processes', readRefusals(settings?.processCounter));
      return acts.list();
    },
    reached: () => network?.reached() ?? [],
    close: () => {
      closed = true;
      network?.close();
    },
  };
};
