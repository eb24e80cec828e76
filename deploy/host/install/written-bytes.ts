import { readFileSync } from 'node:fs';

/** Bytes that a process and its ended children have written so far; null where the system does not report them. */
export const writtenBytes = (pid: number): number | null => {
  try {
    const match = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'));
    return match ? Number(match[1]) : null;
  } catch {
    return null; // no /proc, or the process has just ended: progress is only informative
  }
};
