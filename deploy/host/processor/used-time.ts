import { readFileSync } from 'node:fs';

/** USER_HZ: what the kernel counts times in, on every architecture that Node runs on (proc(5), "/proc/pid/stat"). */
const TICK_MS = 10;
/** Fields 14 to 17, counted after the name in parentheses, which may hold spaces. */
const FIRST_TIME = 11;

/** The processor time in `/proc/self/stat`, its own and that of its ended children; null if it cannot be read. */
export const parseUsedMs = (stat: string): number | null => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const times = fields.slice(FIRST_TIME, FIRST_TIME + 4).map(Number);
  if (times.length < 4 || times.some((ticks) => !Number.isFinite(ticks))) return null;
  return times.reduce((sum, ticks) => sum + ticks, 0) * TICK_MS;
};

/** Processor time of this process and of its children that have ended; null where the system does not tell (not Linux). */
export const readUsedMs = (): number | null => {
  try {
    return parseUsedMs(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return null;
  }
};
