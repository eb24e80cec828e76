import { mkdir, realpath } from 'node:fs/promises';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { closeToOthers } from './private-folder.ts';
import { StartError } from './start-error.ts';

export type DataFolder = {
  /** Its real path. */
  path: string;
  /** Paths that other users of the computer could open until now. */
  repaired: string[];
  release: () => Promise<void>;
};

/** Another process holds the data folder. */
export class DataFolderInUseError extends StartError {
  constructor(folder: string) {
    super(
      `Another Catwalk server already uses the data folder ${folder}.`,
      'Stop that one, or give this one its own folder: CATWALK_DATA_DIR=/another/folder',
    );
    this.name = 'DataFolderInUseError';
  }
}

/**
 * Makes the data folder and holds it for this process alone: two on one embedded database lose rows. The lock ends with
 * the process, in whatever way that dies.
 */
export async function holdDataFolder(directory: string): Promise<DataFolder> {
  const folder = await makeDataFolder(directory);
  const lock = takeLock(folder.path);
  if (lock === null) throw new DataFolderInUseError(folder.path);
  return { ...folder, release: async () => lock.release() };
}

/** Makes the data folder, closed to other users of the computer, without holding it. */
export async function makeDataFolder(directory: string): Promise<DataFolder> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StartError(
      `The data folder ${directory} cannot be made.`,
      'Set CATWALK_DATA_DIR to a folder that can be written.',
      { cause },
    );
  }
  const path = await realpath(directory);
  return { path, repaired: await closeToOthers(path), release: async () => {} };
}

function takeLock(folder: string): FolderLock | null {
  try {
    return lockFolder(folder);
  } catch (cause) {
    throw new StartError(
      `The data folder ${folder} cannot be locked: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Set CATWALK_DATA_DIR to a folder that can be written, on a file system with POSIX locks.',
      { cause },
    );
  }
}
