import { readFileSync } from 'node:fs';

/** Counts for the whole system: right in a machine of its own, where nothing else runs. */
const SYSTEM = '/proc/vmstat';

/** Reads the number of processes that the kernel ended for want of memory; null where it is not known. */
export type OomCounter = () => number | null;

/** Reads a control group's file, or the system's where there is no box. In a box without a control group none counts. */
export const createOomCounter = (box: { oomCounter: string | null } | undefined): OomCounter => {
  const path = box === undefined ? SYSTEM : box.oomCounter;
  return () => {
    if (path === null) return null;
    try {
      const match = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'latin1'));
      return match ? Number(match[1]) : null;
    } catch {
      return null; // another system, or the group is gone
    }
  };
};

/** Returns a question: has the kernel ended a process since now? */
export const watchOom = (read: OomCounter): (() => boolean) => {
  const before = read();
  return () => before !== null && (read() ?? before) > before;
};
