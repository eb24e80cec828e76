import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** superfly/docs, machines/cpu-performance: 5 ms of each 80 ms for a shared processor, after 5 s at the start. */
const PERIOD_US = 80_000;
const QUOTA_US = 5_000;
const BURST_SECONDS = 5;
const BURST_SECONDS_MAX = 500;
const LOOK_EVERY_MS = 50;

export type Guest = { kind: 'shared' | 'performance'; cpus: number };

export type FlyProcessors = {
  /** Limits a process, and all that it starts from now on, as Fly limits a machine. */
  limit(machineId: string, pid: number, guest: Guest): void;
  close(): void;
};

type Group = {
  folders: string[];
  usedSeconds(): number;
  setQuota(microseconds: number | null): void;
  add(pid: number): void;
};

const write = (path: string, value: string | number): void => writeFileSync(path, String(value));

const openGroup = (root: string, name: string): Group => {
  const isSecond = existsSync(join(root, 'cgroup.controllers'));
  const folders = isSecond ? [join(root, name)] : ['cpu', 'cpuacct'].map((controller) => join(root, controller, name));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const [first = '', account = first] = folders;
  return {
    folders,
    add: (pid) => {
      for (const folder of folders) write(join(folder, 'cgroup.procs'), pid);
    },
    usedSeconds: () =>
      isSecond
        ? Number(/^usage_usec (\d+)$/m.exec(readFileSync(join(first, 'cpu.stat'), 'utf8'))?.[1] ?? 0) / 1e6
        : Number(readFileSync(join(account, 'cpuacct.usage'), 'utf8')) / 1e9,
    setQuota: (microseconds) => {
      if (isSecond) return write(join(first, 'cpu.max'), `${microseconds ?? 'max'} ${PERIOD_US}`);
      write(join(first, 'cpu.cfs_period_us'), PERIOD_US);
      write(join(first, 'cpu.cfs_quota_us'), microseconds ?? -1);
    },
  };
};

/** The part of a core that a guest sustains. */
export const shareOf = ({ kind, cpus }: Guest): number => (kind === 'shared' ? (QUOTA_US * cpus) / PERIOD_US : cpus);

/**
 * The balance of a guest: what is left of its share is saved, what is used above it is taken from that. `spend` returns
 * true while the balance is used up, and the quota holds.
 */
export const createBalance = (guest: Guest) => {
  const share = shareOf(guest);
  let seconds = guest.kind === 'shared' ? BURST_SECONDS : 0;
  return {
    spend: (usedSeconds: number, elapsedSeconds: number): boolean => {
      seconds = Math.min(BURST_SECONDS_MAX, seconds + share * elapsedSeconds - usedSeconds);
      return seconds <= 0;
    },
  };
};

/** Gives machines the processors of their `guest`, bursts included. Null where this user may make no control groups. */
export const openFlyProcessors = (root = '/sys/fs/cgroup'): FlyProcessors | null => {
  const groups: Group[] = [];
  const timers = new Set<NodeJS.Timeout>();
  try {
    if (existsSync(join(root, 'cgroup.controllers'))) write(join(root, 'cgroup.subtree_control'), '+cpu');
    const probe = openGroup(root, `catwalk-fly-${process.pid}`);
    for (const folder of probe.folders) rmdirSync(folder);
  } catch {
    return null; // no such file system, or another user's
  }

  return {
    limit: (machineId, pid, guest) => {
      const group = openGroup(root, `catwalk-fly-${process.pid}-${machineId}-${pid}`);
      groups.push(group);
      const balance = createBalance(guest);
      let used = group.usedSeconds();
      let lookedAt = performance.now();
      let limited: boolean | null = null;
      const look = (): void => {
        const now = performance.now();
        const usedNow = group.usedSeconds();
        const shouldLimit = balance.spend(usedNow - used, (now - lookedAt) / 1_000);
        [lookedAt, used] = [now, usedNow];
        if (shouldLimit === limited) return;
        group.setQuota(shouldLimit ? Math.round(shareOf(guest) * PERIOD_US) : guest.cpus * PERIOD_US);
        limited = shouldLimit;
      };
      look();
      group.add(pid);
      timers.add(setInterval(look, LOOK_EVERY_MS).unref());
    },
    close: () => {
      for (const timer of timers) clearInterval(timer);
      for (const folder of groups.flatMap(({ folders }) => folders)) {
        try {
          rmdirSync(folder);
        } catch {
          // a process that is just ending still holds it
        }
      }
    },
  };
};
