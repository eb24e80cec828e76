import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Reads a file; throws where there is none. */
type Read = (path: string) => string;
const readText: Read = (path) => readFileSync(path, 'utf8');

const ROOT = '/sys/fs/cgroup';
const TICK_MS = 10;

/**
 * Milliseconds for which the scheduler held the processes of a control group back (kernel.org, scheduler/sched-bwc):
 * `throttled_usec` in version 2, `throttled_time` in nanoseconds in version 1. Null for a group without a quota.
 */
export const parseThrottledMs = (cpuStat: string): number | null => {
  const value = (key: string): number | null => {
    const found = new RegExp(`^${key} (\\d+)$`, 'm').exec(cpuStat)?.[1];
    return found === undefined ? null : Number(found);
  };
  if ((value('nr_periods') ?? 0) === 0) return null;
  const microseconds = value('throttled_usec');
  const nanoseconds = value('throttled_time');
  return microseconds === null ? (nanoseconds === null ? null : nanoseconds / 1e6) : microseconds / 1e3;
};

/** Milliseconds that the hypervisor took from this machine since it started; null for a computer that counts none. */
export const parseStealMs = (stat: string): number | null => {
  const fields = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ') ?? [];
  const ticks = Number(fields[7] ?? 0);
  return ticks > 0 ? ticks * TICK_MS : null;
};

/** The groups of this process that may have a quota, and those that its children join. */
const groupsOf = (read: Read, controlGroups: readonly string[]): string[] => {
  const joined = controlGroups.map((file) => dirname(file));
  const own = read('/proc/self/cgroup')
    .split('\n')
    .flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (path === undefined) return [];
      if (controllers === '') return [join(ROOT, path)];
      return controllers?.split(',').includes('cpu') ? [join(ROOT, 'cpu', path), join(ROOT, controllers, path)] : [];
    });
  return [...joined, ...own];
};

/**
 * Milliseconds, counted from any moment, for which programs of this machine wanted a processor and got none: as its
 * control group counts them, else as the hypervisor does. Null where neither counts.
 */
export const readHeldBackMs = (controlGroups: readonly string[] = [], read: Read = readText): number | null => {
  const tryRead = (path: string): string => {
    try {
      return read(path);
    } catch {
      return ''; // absent here
    }
  };
  const quotas = groupsOf(tryRead, controlGroups).map((folder) => parseThrottledMs(tryRead(join(folder, 'cpu.stat'))));
  const throttled = quotas.filter((ms) => ms !== null);
  return throttled.length > 0 ? Math.max(...throttled) : parseStealMs(tryRead('/proc/stat'));
};
