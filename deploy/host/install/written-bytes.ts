import { readFileSync } from 'node:fs';
import { descendantsOf } from '../child/end-processes.ts';

/** Bytes that a process and all below it have written so far; null where the system does not report them. */
export const writtenBytes = (pid: number): number | null => {
  const own = writtenByOne(pid);
  if (own === null) return null;
  return descendantsOf(pid).reduce((sum, row) => sum + (writtenByOne(row.pid) ?? 0), own);
};

/** A process and its ended children. */
const writtenByOne = (pid: number): number | null => {
  try {
    const match = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'));
    return match ? Number(match[1]) : null;
  } catch {
    return null; // no /proc, or the process has just ended: progress is only informative
  }
};
