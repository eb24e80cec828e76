import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Control groups of machines: the memory, the number and the processor share of all processes of one machine together.
 * Version 1 has one tree for each controller; version 2 has one for all (kernel.org, admin-guide/cgroup-v1 and cgroup-v2).
 */
export type MachineGroup = {
  /** A process that writes its pid into each of them joins. */
  join: string[];
  /** Has a line `oom_kill N`. */
  oomCounter: string;
  /** Has a line `max N`: how often a process could not be started. */
  processCounter: string;
  /** Removes the groups; their processes have ended. */
  remove(): void;
};

export type GroupLimits = {
  memoryBytes: number;
  processes: number;
  /** Of one processor, sustained; bursts are those of the system. Null: not limited. */
  processorShare: number | null;
};

export type ControlGroups = {
  version: 1 | 2;
  open(machineId: string, limits: GroupLimits): MachineGroup;
  /** Removes what is left when every machine has ended. */
  close(): void;
};

const ROOT = '/sys/fs/cgroup';
/** With the pid of the process that made them: groups of one that has died are removed by the next. */
const FOLDER = /^catwalk-(\d+)$/;
const folderName = (): string => `catwalk-${process.pid}`;
const PERIOD_US = 100_000;

const write = (path: string, value: string | number): void => writeFileSync(path, String(value));

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false; // absent, or another user's
  }
};

const remove = (folders: readonly string[]): void => {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      // A process that is just ending still holds it, or it is gone: the next start removes what is left.
    }
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const removeWithMachines = (folder: string): void => {
  const machines = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  remove([...machines.map(({ name }) => join(folder, name)), folder]);
};

/** Removes the groups of processes that have died without removing them. */
const removeLeftovers = (root: string): void => {
  for (const name of readdirSync(root)) {
    const pid = Number(FOLDER.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) removeWithMachines(join(root, name));
  }
};

const quota = (share: number): number => Math.round(share * PERIOD_US);

const openVersion1 = (root: string, name: string): ControlGroups | null => {
  if (!['memory', 'pids'].every((controller) => isWritable(join(root, controller)))) return null;
  const hasProcessor = isWritable(join(root, 'cpu'));
  const all = ['memory', 'pids', ...(hasProcessor ? ['cpu'] : [])];
  for (const controller of all) removeLeftovers(join(root, controller));
  return {
    version: 1,
    open: (machineId, { memoryBytes, processes, processorShare }) => {
      const folderOf = (controller: string) => join(root, controller, name, machineId);
      // Each machine in a group of its own also gets an equal share of a busy processor, however many processes it has.
      const folders = all.map(folderOf);
      for (const folder of folders) mkdirSync(folder, { recursive: true });
      write(join(folderOf('memory'), 'memory.limit_in_bytes'), memoryBytes);
      write(join(folderOf('pids'), 'pids.max'), processes);
      if (processorShare !== null && hasProcessor) {
        write(join(folderOf('cpu'), 'cpu.cfs_period_us'), PERIOD_US);
        write(join(folderOf('cpu'), 'cpu.cfs_quota_us'), quota(processorShare));
      }
      return {
        join: folders.map((folder) => join(folder, 'cgroup.procs')),
        oomCounter: join(folderOf('memory'), 'memory.oom_control'),
        processCounter: join(folderOf('pids'), 'pids.events'),
        remove: () => remove(folders),
      };
    },
    close: () => {
      for (const folder of all.map((controller) => join(root, controller, name)))
        if (existsSync(folder)) removeWithMachines(folder);
    },
  };
};

/** The group of this process, below the root of version 2. */
const ownGroup = (root: string): string => {
  const line = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('0::'));
  return join(root, line?.slice(3) ?? '/');
};

const openVersion2 = (root: string, name: string, base: string): ControlGroups | null => {
  if (!existsSync(join(base, 'cgroup.controllers')) || !isWritable(base)) return null;
  const available = readFileSync(join(base, 'cgroup.controllers'), 'utf8').split(/\s+/);
  if (!['memory', 'pids'].every((controller) => available.includes(controller))) return null;
  const wanted = ['memory', 'pids', 'cpu'].filter((controller) => available.includes(controller));
  const enable = wanted.map((controller) => `+${controller}`).join(' ');
  try {
    // A group that passes controllers on holds no process itself (no internal processes), except for the root.
    if (base !== root) {
      mkdirSync(join(base, `${name}-server`), { recursive: true });
      write(join(base, `${name}-server`, 'cgroup.procs'), process.pid);
    }
    write(join(base, 'cgroup.subtree_control'), enable);
    removeLeftovers(base);
    mkdirSync(join(base, name), { recursive: true });
    write(join(base, name, 'cgroup.subtree_control'), enable);
  } catch {
    return null; // other processes live in this group, as in a terminal's session
  }
  return {
    version: 2,
    open: (machineId, { memoryBytes, processes, processorShare }) => {
      const folder = join(base, name, machineId);
      mkdirSync(folder, { recursive: true });
      write(join(folder, 'memory.max'), memoryBytes);
      write(join(folder, 'pids.max'), processes);
      if (processorShare !== null && wanted.includes('cpu'))
        write(join(folder, 'cpu.max'), `${quota(processorShare)} ${PERIOD_US}`);
      return {
        join: [join(folder, 'cgroup.procs')],
        oomCounter: join(folder, 'memory.events'),
        processCounter: join(folder, 'pids.events'),
        remove: () => remove([folder]),
      };
    },
    close: () => removeWithMachines(join(base, name)),
  };
};

/** Opens the control groups that this process may use, or null: an ordinary account without a delegated group has none. */
export const openControlGroups = (root = ROOT, name = folderName()): ControlGroups | null => {
  try {
    return openVersion1(root, name) ?? openVersion2(root, name, ownGroup(root));
  } catch {
    return null; // no control groups at all
  }
};
