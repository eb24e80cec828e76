import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { boxLimits, PROCESSES_MAX } from '../host/box/limits.ts';
import { namedPaths as findNamedPaths } from '../host/box/named-paths.ts';
import { type BoxProbe, probeBox } from '../host/box/probe.ts';
import { type NetworkProbe, probeNetwork } from '../host/box/probe-network.ts';
import type { BoxSettings } from '../host/wall-contract.ts';
import { type ControlGroups, type MachineGroup, openControlGroups } from './control-groups.ts';

/** `require`: a box or no start. `auto`: a box where one can be made. `none`: processes of this user. */
export type IsolationMode = 'require' | 'auto' | 'none';

export type Isolation = {
  /** Machines are boxes. */
  boxed: boolean;
  /** One sentence for the log and the dashboard. */
  summary: string;
  /** Why there are no boxes, and what to do; null with boxes, or where none are wanted. */
  missing: { reason: string; hint: string } | null;
  /** True if what a machine reaches can be limited; else why not, and what to do. */
  network: NetworkWalls;
  /** The box of a machine; null without boxes, and for a server that one person lets work with files of root. */
  openBox(machine: BoxedMachine): { settings: BoxSettings; close(): void } | null;
  /** Every machine has ended. */
  close(): void;
};

export type NetworkWalls = { works: true; mayNamePrivate: boolean } | { works: false; reason: string; hint: string };

export type BoxedMachine = {
  id: string;
  /** Machines with the same text have the same user, and can share files. */
  owner: string;
  memoryBytes: number;
  /** A compiler builds its package, with more memory than its server has. */
  builds?: boolean;
  /** Its arguments and the values of its variables. */
  words: readonly string[];
};

/** Boxes are required and cannot be made. */
export class IsolationError extends Error {
  readonly hint: string;

  constructor(reason: string, hint: string) {
    super(`MACHINES_ISOLATION=require: ${reason}`);
    this.name = 'IsolationError';
    this.hint = hint;
  }
}

/** What this computer lets a machine have. */
export type Walls = { box: BoxProbe; network: NetworkProbe };

export type IsolationOptions = {
  mode: IsolationMode;
  /** Arguments of servers may open files of this computer: for one person alone. */
  namedPaths: boolean;
  /** Folders that no argument opens. */
  hidden: string[];
  /** Of one processor for each machine; null: not limited. Needs control groups. */
  processorShare: number | null;
  /** PATH. */
  path: string;
  /** What was found out before, or is being found out; by default found out now. */
  walls?: Promise<Walls>;
  openGroups?: () => ControlGroups | null;
};

const MEGABYTE = 1024 * 1024;
/** The memory of a builder: linkers and optimizers need far more than the server that they make. */
const BUILDER_BYTES = 2048 * MEGABYTE;

/** Above the ranges of accounts, containers and systemd: ids that no user of a computer has. */
const FIRST_UID = 1_500_000_000;
const UIDS = 2 ** 28;

const userOf = (owner: string): { uid: number; gid: number } => {
  const id = FIRST_UID + (createHash('sha256').update(owner).digest().readUInt32BE(0) % UIDS);
  return { uid: id, gid: id };
};

/**
 * Root in a box would still be root for files of the kernel: a server gets another user. One that is to work with files
 * that its arguments name gets the owner of the files; none can be had if that is root.
 */
const ownerOfNamed = (words: readonly string[], hidden: readonly string[]): BoxSettings['user'] | 'root' => {
  const [path] = findNamedPaths(words, hidden).paths;
  if (path === undefined) return null;
  const { uid, gid } = statSync(path);
  return uid === 0 ? 'root' : { uid, gid };
};

const NONE = { boxed: false, openBox: () => null, close: () => undefined } as const;

/** With a network of its own for each machine. */
const NETWORKS = 'What each server reaches over the network can be limited.';

const noNetwork = (reason: string, hint: string): NetworkWalls => ({ works: false, reason, hint });

const describe = (probe: Extract<BoxProbe, { works: true }>, own: boolean, groups: ControlGroups | null): string =>
  [
    `Servers run in boxes (bubblewrap ${probe.version}),`,
    own ? 'each machine as a user of its own;' : 'all as this user;',
    groups === null
      ? 'limits hold for each process alone, since no control group is writable.'
      : `limits by control groups (version ${groups.version}).`,
  ].join(' ');

/**
 * One person's servers reach what that person reaches, unless their settings say less. Those of several people reach the
 * Internet, and nothing of the computer.
 */
const networkOf = (probe: NetworkProbe, onePerson: boolean): BoxSettings['network'] =>
  probe.works
    ? {
        tools: probe.tools,
        mayNamePrivate: onePerson,
        fallback: onePerson ? null : { policy: 'PUBLIC', hosts: [] },
      }
    : null;

const runsAsRoot = (): boolean => process.getuid?.() === 0;

/** Finds out by real starts, side by side, if boxes and networks of their own can be made here. Rejects with nothing. */
export const probeWalls = async ({ path }: Pick<IsolationOptions, 'path'>): Promise<Walls> => {
  const settings = {
    user: runsAsRoot() ? userOf('probe') : null,
    controlGroups: [],
    oomCounter: null,
    processCounter: null,
    network: null,
    namedPaths: false,
    hidden: [],
    limits: boxLimits(256 * MEGABYTE),
  };
  const [box, network] = await Promise.all([probeBox(settings, path), probeNetwork(path)]);
  return { box, network };
};

/** Decides once, at the start, how machines are kept apart. Throws IsolationError if boxes are required in vain. */
export const openIsolation = async (options: IsolationOptions): Promise<Isolation> => {
  const { mode, namedPaths, hidden, processorShare } = options;
  if (mode === 'none')
    return {
      ...NONE,
      summary: 'Servers run as processes of this user, without walls.',
      missing: null,
      network: noNetwork('Servers run without boxes (MACHINES_ISOLATION=none).', 'Use MACHINES_ISOLATION=auto.'),
    };
  const isRoot = runsAsRoot();
  const settingsOf = (
    user: BoxSettings['user'],
    memoryBytes: number,
    group: MachineGroup | null,
    network: BoxSettings['network'] = null,
  ) => ({
    user,
    controlGroups: group?.join ?? [],
    oomCounter: group?.oomCounter ?? null,
    processCounter: group?.processCounter ?? null,
    network,
    namedPaths,
    hidden,
    limits: boxLimits(memoryBytes),
  });
  const { box: probe, network: seen } = await (options.walls ?? probeWalls(options));
  if (!probe.works) {
    if (mode === 'require') throw new IsolationError(probe.reason, probe.hint);
    const summary = `Servers run as processes of this user, without walls. ${probe.reason}`;
    return { ...NONE, summary, missing: probe, network: noNetwork(probe.reason, probe.hint) };
  }
  // Machines of several people must not reach each other over loopback.
  if (!seen.works && mode === 'require') throw new IsolationError(seen.reason, seen.hint);
  const network = networkOf(seen, namedPaths);
  const groups = (options.openGroups ?? openControlGroups)();
  return {
    boxed: true,
    summary: `${describe(probe, isRoot, groups)} ${seen.works ? NETWORKS : `Their network cannot be limited: ${seen.reason}`}`,
    missing: null,
    network: seen.works ? { works: true, mayNamePrivate: namedPaths } : seen,
    openBox: ({ id, owner, memoryBytes, builds, words }) => {
      const named = isRoot && namedPaths ? ownerOfNamed(words, hidden) : null;
      if (named === 'root') return null;
      const user = isRoot ? (named ?? userOf(owner)) : null;
      const group = groups?.open(id, { memoryBytes, processes: PROCESSES_MAX, processorShare }) ?? null;
      const settings = { ...settingsOf(user, memoryBytes, group, network), bubblewrap: probe.bubblewrap };
      if (builds !== true) return { settings, close: () => group?.remove() };
      const limits = { memoryBytes: BUILDER_BYTES, processes: PROCESSES_MAX, processorShare: null };
      const builders = groups?.open(`${id}-builder`, limits) ?? null;
      return {
        settings: { ...settings, builder: settingsOf(user, BUILDER_BYTES, builders) },
        close: () => {
          group?.remove();
          builders?.remove();
        },
      };
    },
    close: () => groups?.close(),
  };
};
