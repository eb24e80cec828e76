import { StartError } from './start-error.ts';

/** The disk has no room for what the start writes. */
export const diskFull = (dataDir: string, cause: unknown): StartError =>
  new StartError(
    `The disk with the data folder ${dataDir} is full.`,
    'Free some space, or set CATWALK_DATA_DIR to a folder on another disk. Nothing that was saved is lost.',
    { cause },
  );
