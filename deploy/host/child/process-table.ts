import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export type ProcessRow = {
  pid: number;
  parent: number;
  group: number;
  /** Ticks since the system started: with the pid it names one process, even when pids are used again. */
  startedAt: string;
  residentBytes: number;
  /** Processor time of the process and of its children that have ended. */
  processorMs: number;
};

const PAGE_BYTES = 4_096;
/** /proc counts in hundredths of a second on every Linux. */
const TICK_MS = 10;

/** The variable that names a child in its environment, and in that of everything it starts. */
export const PROCESS_MARK = 'CATWALK_PROCESS';

/** Every process of the system, from /proc; null where there is none. */
export const readProcessTable = (): ProcessRow[] | null => {
  let entries: string[];
  try {
    entries = readdirSync('/proc');
  } catch {
    return null; // another system
  }
  const rows: ProcessRow[] = [];
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      // Fields after the program's name, which may itself hold spaces and brackets.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') continue; // it has ended; its parent has not asked for its exit code yet
      rows.push({
        pid: Number(entry),
        parent: Number(fields[1]),
        group: Number(fields[2]),
        startedAt: fields[19] ?? '',
        residentBytes: Number(fields[21]) * PAGE_BYTES,
        // utime, stime, cutime, cstime (proc_pid_stat(5))
        processorMs: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS,
      });
    } catch {
      // The process ended while the table was read.
    }
  }
  return rows;
};

/** Finds out whether a process was started with the mark: by its value, or by the beginning of it. */
export const hasMark = async (pid: number, mark: string): Promise<boolean> => {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
    return environment.startsWith(`${PROCESS_MARK}=${mark}`) || environment.includes(`\0${PROCESS_MARK}=${mark}`);
  } catch {
    return false; // it has ended, or belongs to another user
  }
};
