import { chmodSync, constants, lchownSync, lutimesSync, mkdirSync, type Stats, symlinkSync } from 'node:fs';
import { copyFile, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildUser } from '../child/environment.ts';
import { failWith } from '../failure.ts';
import { AlteredError, checkFile, type Inventory } from './inventory.ts';

export type CopyOptions = {
  inventory: Inventory;
  /** The source is refused where it changed after this moment (see inventory.ts). */
  sealedAtMs: number;
  /** Owner of the copy, where that is not the host itself. */
  user: ChildUser | null;
  signal: AbortSignal;
  copiesAtOnce: number;
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Python compares the time of a source file with the one that its compiled form names. */
const hasMeaningfulTime = (path: string): boolean => path.endsWith('.py');

const explain = (error: unknown): never => {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return failWith('DISK_FULL', 'The disk was full while the package was copied into its machine.', {
      hint: 'Remove what is not needed, or choose a larger machine.',
    });
  throw error;
};

/**
 * Copies a folder, file by file. The copy shares nothing with its source that a program could notice: where the file
 * system can, both refer to the same blocks until one of them is written (a reflink); elsewhere the bytes are copied.
 * Hard links and links into the source are never made. Rejects with AlteredError when the source is not what was listed.
 */
export const copyFiles = async (from: string, to: string, options: CopyOptions): Promise<void> => {
  const { inventory, sealedAtMs, user, signal } = options;
  const own = (path: string) => {
    if (user) lchownSync(path, user.uid, user.gid);
  };
  const copyOne = async (file: Inventory['files'][number]): Promise<void> => {
    const [source, target] = [join(from, file.path), join(to, file.path)];
    checkFile(from, file, sealedAtMs);
    const times: Stats | null = hasMeaningfulTime(file.path) ? await lstat(source) : null;
    await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    if (times) lutimesSync(target, times.atime, times.mtime);
    own(target);
  };

  const waiting = inventory.files.values();
  let failed = false;
  const copySome = async (): Promise<void> => {
    try {
      for (const file of waiting) {
        if (failed) return;
        signal.throwIfAborted();
        await copyOne(file);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };

  try {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    chmodSync(to, 0o700);
    own(to);
    for (const folder of inventory.folders) {
      mkdirSync(join(to, folder));
      own(join(to, folder));
    }
    for (const { path, target } of inventory.links) {
      symlinkSync(target, join(to, path));
      own(join(to, path));
    }
    // All have ended before the first error is thrown: nothing is written into a folder that is being removed.
    const outcomes = await Promise.allSettled(Array.from({ length: options.copiesAtOnce }, copySome));
    const rejected = outcomes.find((outcome) => outcome.status === 'rejected');
    if (rejected) throw rejected.reason;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new AlteredError(from, error);
    explain(error);
  }
};
