import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for programs, whatever the kernel's own clock is. */
const TICK_MS = 10;

/**
 * Reads the group and the processor time of a process from `/proc/PID/stat` (proc_pid_stat(5)), with that of its ended
 * children. The name of the program stands in parentheses, and may hold spaces.
 */
export function readStat(stat: string): { group: number; milliseconds: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return { group: Number(fields[2]), milliseconds: (user + system + endedUser + endedSystem) * TICK_MS };
}

/**
 * The processor time that the processes of a group have used. On a busy computer it shows the difference between a loop
 * and a process that does not get the processor. Null where the system does not report it.
 */
export function processorMsOf(group: number): number | null {
  if (process.platform !== 'linux') return null;
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      } catch {
        return []; // it has just ended
      }
    });
  return stats.filter((stat) => stat.group === group).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}
