import { release } from 'node:os';
import type { BoxSettings } from '../wall-contract.ts';

const MEGABYTE = 1024 * 1024;
/** Processes of one machine. */
export const PROCESSES_MAX = 256;
const DESCRIPTORS_MAX = 4_096;
const FILE_BYTES_MAX = 2048 * MEGABYTE;
const TEMPORARY_BYTES_MAX = 256 * MEGABYTE;

/** Since Linux 5.14 processes are counted for each user namespace; before, those outside of the box count too. */
const countsProcessesApart = (): boolean => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
};

/** The limits of the programs in a box, for a machine with so much memory. */
export const boxLimits = (memoryBytes: number): BoxSettings['limits'] => ({
  memoryBytes,
  processes: countsProcessesApart() ? PROCESSES_MAX : null,
  descriptors: DESCRIPTORS_MAX,
  fileBytes: FILE_BYTES_MAX,
  // They count as memory.
  temporaryBytes: Math.min(TEMPORARY_BYTES_MAX, Math.floor(memoryBytes / 4)),
});
